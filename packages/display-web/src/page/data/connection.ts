import { applyChanges } from '../../changes/apply.js'
import type { Change } from '../../changes/diff.js'
import type { DashboardDocument } from '../../server/events/live-feed.js'
import { connection, newest } from '../state/live-state.js'

/** Silence after which a server counts as lost; it sends a beat every 4 s. */
const SILENCE_MS = 13_000
const WATCH_MS = 1_000
/** Pauses before the page tries again when the browser has given up. */
const RETRY_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000]

/**
 * Follows the events of the server for as long as the page is open. The browser reconnects by itself
 * and names the last event that it has; where it gives up (a server that was stopped, a wrong answer
 * on the way), the page starts anew.
 */
export function connect(): void {
  let source: EventSource | null = null
  let heardAtMs = performance.now()
  let failures = 0
  let retry: number | null = null

  const heard = (): void => {
    heardAtMs = performance.now()
    failures = 0
    connection.set('connected')
  }
  const take = (document: DashboardDocument): void => {
    newest.set({ document, atMs: performance.now() })
    heard()
  }
  const startAgain = (): void => {
    source?.close()
    source = null
    if (newest.get() !== null || failures > 0) connection.set('lost')
    if (retry !== null) return
    const pause = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]
    failures += 1
    retry = setTimeout(() => {
      retry = null
      open()
    }, pause)
  }
  const open = (): void => {
    heardAtMs = performance.now()
    source = new EventSource('events')
    source.addEventListener('open', heard)
    source.addEventListener('beat', heard)
    source.addEventListener('snapshot', (event) => take(JSON.parse(event.data)))
    source.addEventListener('changes', (event) => {
      const before = newest.get()?.document
      const after = before === undefined ? null : tryApply(before, JSON.parse(event.data))
      // The page and the server have lost each other: a new stream begins with a whole document.
      if (after === null) startAgain()
      else take(after)
    })
    source.addEventListener('error', () => {
      if (source?.readyState === EventSource.CLOSED) startAgain()
      else connection.set(newest.get() === null ? 'connecting' : 'lost')
    })
  }
  setInterval(() => {
    if (source !== null && performance.now() - heardAtMs > SILENCE_MS) startAgain()
  }, WATCH_MS)
  open()
}

function tryApply(
  document: DashboardDocument,
  changes: readonly Change[],
): DashboardDocument | null {
  try {
    return applyChanges(document as never, changes) as unknown as DashboardDocument
  } catch {
    return null
  }
}
