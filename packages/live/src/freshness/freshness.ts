import type { LiveFreshness, LiveState } from '@traceml/contracts'

/** Late from this multiple of the expected interval on, with a second of grace. */
const STALE_INTERVALS = 2
const STALE_GRACE_S = 1
/** Stalled from here on. */
const STALL_INTERVALS = 3
const STALL_GRACE_S = 5

/** How late something is. @internal */
export function lateness(ageS: number, expectedS: number): 'live' | 'stale' | 'stalled' {
  if (ageS >= STALL_INTERVALS * expectedS + STALL_GRACE_S) return 'stalled'
  return ageS >= STALE_INTERVALS * expectedS + STALE_GRACE_S ? 'stale' : 'live'
}

/** What is known about the age of something. @internal */
export interface AgeFacts {
  readonly wallS: number
  readonly ageS: number | null
  readonly expectedS: number | null
  readonly newestStep: number | null
}

/** Puts a state and the facts behind it together. @internal */
export function freshnessOf(
  state: LiveState,
  reason: string | null,
  { wallS, ageS, expectedS, newestStep }: AgeFacts,
): LiveFreshness {
  return {
    state,
    reason,
    newest_step: newestStep,
    newest_ts: ageS === null ? null : wallS - ageS,
    age_s: ageS,
    expected_interval_s: expectedS,
  }
}

/** Order of the states from bad to good, for a state that stands for several. @internal */
export const BADNESS: Readonly<Record<LiveState, number>> = {
  lost_source: 6,
  stalled: 5,
  stale: 4,
  waiting: 3,
  live: 2,
  ended: 1,
  not_applicable: 0,
}

/** Seconds as a person says them: `4 s`, `3 min`, `2 h`. @internal */
export function sayDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

/** Numbers as a list that does not grow without end: `3, 4, 5 and 12 more`. @internal */
export function sayNumbers(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 8).join(', ')
  return numbers.length > 8 ? `${shown} and ${numbers.length - 8} more` : shown
}
