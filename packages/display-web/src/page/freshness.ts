import type { LiveFreshness, LiveState } from '@traceml/contracts'

/** How the page stands with its server. */
export type ConnectionState = 'connecting' | 'connected' | 'lost'

/** What a panel says of its own age. */
export interface ShownFreshness {
  readonly state: LiveState | 'disconnected' | 'paused'
  /** Seconds since the newest data, as of now; null before the first. */
  readonly ageSeconds: number | null
  readonly reason: string | null
}

/** Lateness after which the page itself stops to believe in `live`. */
const LATE_INTERVALS = 3
const LATE_SECONDS = 5

/**
 * The freshness of a part as of now. Data ages here, whatever the server said last: a server that is
 * gone cannot say that it is. No clock of the server is compared with one of the page.
 *
 * @param sinceReceivedSeconds - Since the payload with this freshness arrived.
 */
export function shownFreshness(
  freshness: LiveFreshness,
  context: {
    readonly sinceReceivedSeconds: number
    readonly connection: ConnectionState
    readonly isPaused: boolean
    readonly intervalSeconds: number
  },
): ShownFreshness {
  const { state, reason } = freshness
  const isFinal = state === 'ended' || state === 'not_applicable'
  const passed = Math.max(0, context.sinceReceivedSeconds)
  const ageSeconds =
    freshness.age_s === null ? null : isFinal ? freshness.age_s : freshness.age_s + passed
  if (isFinal) return { state, ageSeconds, reason }
  if (context.connection === 'lost') {
    return {
      state: 'disconnected',
      ageSeconds,
      reason: 'The page has lost its server; these are the last numbers it sent.',
    }
  }
  if (context.isPaused) return { state: 'paused', ageSeconds, reason: 'The page is paused.' }
  const expected = freshness.expected_interval_s ?? context.intervalSeconds
  const limit = LATE_INTERVALS * expected + LATE_SECONDS
  if (state === 'live' && ageSeconds !== null && ageSeconds > limit) {
    return { state: 'stale', ageSeconds, reason: `Nothing new for ${Math.round(ageSeconds)} s.` }
  }
  return { state, ageSeconds, reason }
}
