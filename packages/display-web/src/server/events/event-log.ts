import { randomBytes } from 'node:crypto'
import type { JsonValue } from '@traceml/contracts'
import { diffJson } from '../../changes/diff.js'

/** A place in the sequence of documents, as the `Last-Event-ID` of a client names it. */
export interface EventCursor {
  /**
   * The next piece of the event stream: what happened since the last one, a beat when nothing did
   * for a while, or null when the log has ended. One call at a time.
   */
  next(): Promise<string | null>
  /** Ends a `next` that waits, with null; idempotent. */
  close(): void
}

/** Turns documents into events that a client can resume. Who creates it closes it. */
export interface EventLog {
  /** The document as it is from now on. Costs one comparison, whatever the number of clients. */
  publish(document: JsonValue): void
  /** @param lastEventId - What the client has; null or foreign: it gets the whole document. */
  open(lastEventId: string | null): EventCursor
  /** Ends all cursors once they have read everything. */
  close(): void
}

/** Events that are kept for clients which were away or are slow. */
const MAX_KEPT = 32
/** Characters of kept events; a document of 256 ranks changes by about 40,000 a second. */
const MAX_KEPT_CHARS = 2_000_000

interface KeptEvent {
  readonly sequence: number
  readonly text: string
}

/**
 * Creates a log. A client that is slow or was away gets the events it missed while they are kept,
 * and otherwise the newest document: there is no queue per client that could grow.
 *
 * @param beatMs - Silence after which a beat is sent, so that a client can tell a quiet server from
 * a dead one.
 */
export function createEventLog(options: { readonly beatMs: number }): EventLog {
  const epoch = randomBytes(6).toString('hex')
  const waiting = new Set<() => void>()
  let document: JsonValue = null
  let sequence = 0
  let snapshot: KeptEvent | null = null
  const kept: KeptEvent[] = []
  let isClosed = false

  const keep = (event: KeptEvent): void => {
    kept.push(event)
    let chars = kept.reduce((sum, { text }) => sum + text.length, 0)
    while (kept.length > 1 && (kept.length > MAX_KEPT || chars > MAX_KEPT_CHARS)) {
      chars -= kept.shift()?.text.length ?? 0
    }
  }
  const wakeAll = (): void => {
    for (const wake of [...waiting]) wake()
  }
  const wholeDocument = (): KeptEvent => {
    if (snapshot?.sequence !== sequence) {
      snapshot = { sequence, text: event('snapshot', `${epoch}-${sequence}`, document) }
    }
    return snapshot
  }

  const since = (position: number | null): string => {
    const missed = position === null ? [] : kept.filter((event) => event.sequence > position)
    const isComplete = position !== null && missed.length === sequence - position
    return isComplete ? missed.map(({ text }) => text).join('') : wholeDocument().text
  }

  const cursorAt = (start: number | null): EventCursor => {
    let position = start
    let isGone = false
    let wakeMe = (): void => {}
    const wait = (): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wakeMe(), options.beatMs)
        timer.unref()
        wakeMe = () => {
          clearTimeout(timer)
          waiting.delete(wakeMe)
          resolve()
        }
        waiting.add(wakeMe)
      })
    const hasNews = (): boolean => sequence > 0 && position !== sequence
    return {
      async next() {
        if (!hasNews() && !isClosed && !isGone) await wait()
        if (isGone) return null
        if (hasNews()) {
          const text = since(position)
          position = sequence
          return text
        }
        return isClosed ? null : 'event: beat\ndata: null\n\n'
      },
      close() {
        isGone = true
        wakeMe()
      },
    }
  }

  return {
    publish(next) {
      if (isClosed) return
      const changes = sequence === 0 ? [] : diffJson(document, next)
      if (sequence > 0 && changes.length === 0) return
      const isFirst = sequence === 0
      document = next
      sequence += 1
      if (!isFirst) keep({ sequence, text: event('changes', `${epoch}-${sequence}`, changes) })
      wakeAll()
    },
    open(lastEventId) {
      const [ofEpoch, number] = (lastEventId ?? '').split('-')
      const position = Number(number)
      const isKnown = ofEpoch === epoch && Number.isSafeInteger(position) && position <= sequence
      return cursorAt(isKnown ? position : null)
    },
    close() {
      isClosed = true
      wakeAll()
    },
  }
}

/** JSON has no line breaks outside of strings, and those are escaped: one data line is enough. */
function event(name: string, id: string, data: unknown): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}
