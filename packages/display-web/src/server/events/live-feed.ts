import type { JsonValue, LivePayload, LiveSource } from '@traceml/contracts'
import type { DrawnPanel } from '../panels/draw-panels.js'
import type { EventLog } from './event-log.js'

/** What the page is made of; the document that `/events` sends and changes. */
export interface DashboardDocument {
  readonly payload: LivePayload
  readonly panels: readonly DrawnPanel[]
}

/** Carries payloads into an event log as long as somebody looks. */
export interface LiveFeed {
  /** Somebody looks; the log has a document when this returns. */
  join(): void
  leave(): void
  close(): void
}

/**
 * Creates the feed. Without viewers it asks for nothing, so that a dashboard that nobody has open
 * costs nothing.
 */
export function createLiveFeed(
  source: LiveSource,
  log: EventLog,
  drawPanels: (payload: LivePayload) => readonly DrawnPanel[],
): LiveFeed {
  let viewers = 0
  let unsubscribe: (() => void) | null = null
  const publish = (payload: LivePayload): void => {
    const document: DashboardDocument = { payload, panels: drawPanels(payload) }
    log.publish(document as unknown as JsonValue)
  }
  const stop = (): void => {
    unsubscribe?.()
    unsubscribe = null
  }
  return {
    join() {
      viewers += 1
      if (unsubscribe !== null) return
      publish(source.payload())
      unsubscribe = source.subscribe(publish)
    },
    leave() {
      viewers -= 1
      if (viewers === 0) stop()
    },
    close: stop,
  }
}
