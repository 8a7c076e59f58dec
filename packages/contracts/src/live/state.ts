/** Version of the live payload. Fields are only ever added within a version; readers ignore new ones. */
export const LIVE_SCHEMA_VERSION = 1

/** Every state of a live part, from the beginning of a run to its end. */
export const LIVE_STATES = [
  'waiting',
  'live',
  'stale',
  'stalled',
  'lost_source',
  'not_applicable',
  'ended',
] as const

/**
 * Whether a part of the view can be believed right now.
 *
 * - `waiting`: nothing has arrived yet.
 * - `live`: it arrives as often as expected.
 * - `stale`: late, but not late enough to be called stalled.
 * - `stalled`: the source is connected and has not moved for three expected intervals and 5 s.
 * - `lost_source`: the source left without saying goodbye, or what has it cannot be read.
 * - `not_applicable`: this run has no such data; `reason` says why.
 * - `ended`: the source said goodbye or the run is over; the numbers are its last.
 */
export type LiveState = (typeof LIVE_STATES)[number]

/** How old a part of the view is, and why it is in its state. */
export interface LiveFreshness {
  readonly state: LiveState
  /** One sentence for every state but `live`; null when there is nothing to explain. */
  readonly reason: string | null
  /** Newest completed step behind the part; null where there are no steps. */
  readonly newest_step: number | null
  /** Unix seconds of the newest data on the aggregator's clock; null before the first. */
  readonly newest_ts: number | null
  /** Seconds between the newest data and `generated_at`; null before the first. */
  readonly age_s: number | null
  /** Seconds between two arrivals, as learned from them; null until it is known. */
  readonly expected_interval_s: number | null
}
