import type { LiveFacts, LiveFreshness } from '@traceml/contracts'
import type { Arrivals } from './arrivals.js'
import { BADNESS, freshnessOf, lateness, sayDuration } from './freshness.js'

/** The worst of what goes on: that is what a person has to look at. @internal */
export function worstFreshness(all: readonly LiveFreshness[]): LiveFreshness | null {
  let worst: LiveFreshness | null = null
  for (const one of all) {
    if (worst === null || BADNESS[one.state] > BADNESS[worst.state]) worst = one
  }
  return worst
}

/**
 * The state of what comes from several sources: as good as its best source, with a reason that names
 * how many are not.
 *
 * @internal
 */
export function bestFreshness(all: readonly LiveFreshness[]): LiveFreshness | null {
  const usable = all.filter(({ newest_ts }) => newest_ts !== null)
  const order = ['live', 'stale', 'stalled', 'waiting', 'lost_source', 'ended'] as const
  for (const state of order) {
    const same = usable.filter((one) => one.state === state)
    if (same.length === 0) continue
    const newest = same.reduce((left, right) =>
      (left.age_s ?? 0) <= (right.age_s ?? 0) ? left : right,
    )
    const others = usable.filter((one) => one.state !== state && one.state !== 'ended')
    const reason =
      state === 'live' && others.length > 0
        ? `${others.length} of ${all.length} ranks send no new steps.`
        : newest.reason
    return { ...newest, reason }
  }
  return null
}

/** The state of samples that come at the producers' interval. @internal */
export function sampleFreshness(
  arrivals: Arrivals,
  facts: LiveFacts,
  what: string,
  newestStep: number | null = null,
): LiveFreshness {
  const ageS = arrivals.ageS(facts.now_s)
  const expectedS = arrivals.expectedS(null)
  const ages = { wallS: facts.wall_s, ageS, expectedS, newestStep }
  if (facts.status === 'ended') return freshnessOf('ended', 'The run has ended.', ages)
  if (ageS === null || expectedS === null) {
    return freshnessOf('waiting', `No ${what} has arrived yet.`, ages)
  }
  const state = lateness(ageS, expectedS)
  if (state === 'live') return freshnessOf('live', null, ages)
  const reason = `No ${what} for ${sayDuration(ageS)}; one is expected every ${sayDuration(expectedS)}.`
  return freshnessOf(state, reason, ages)
}
