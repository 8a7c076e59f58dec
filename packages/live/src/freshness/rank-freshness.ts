import type { LiveFacts, LiveFreshness, LiveRankFact, LiveRunInfo } from '@traceml/contracts'
import type { Arrivals } from './arrivals.js'
import { type AgeFacts, freshnessOf, lateness, sayDuration } from './freshness.js'

/** A rank may reconnect within this time. */
const RECONNECT_S = 2

/** What is known of one rank. @internal */
export interface RankSigns {
  readonly globalRank: number
  readonly lastStep: number | null
  /** Seconds that its newest steps took; null when unknown. */
  readonly stepS: number | null
  /** Steps. */
  readonly steps: Arrivals
  /** Anything at all. */
  readonly anything: Arrivals
}

/** How one rank is. @internal */
export function rankFreshness(
  signs: RankSigns,
  fact: LiveRankFact | null,
  facts: LiveFacts,
  run: LiveRunInfo,
): LiveFreshness {
  const hasSteps = run.profile !== 'watch'
  const source = hasSteps && signs.steps.lastS !== null ? signs.steps : signs.anything
  const ages: AgeFacts = {
    wallS: facts.wall_s,
    ageS: source.ageS(facts.now_s),
    expectedS: source.expectedS(hasSteps ? signs.stepS : null),
    newestStep: signs.lastStep,
  }
  const name = `Rank ${signs.globalRank}`
  const after = signs.lastStep === null ? 'before its first step' : `after step ${signs.lastStep}`
  const gone = goneFreshness(name, after, fact, facts, ages)
  if (gone !== null) return gone
  if (ages.ageS === null || ages.expectedS === null) {
    const reason = fact?.connected
      ? `${name} is connected and has sent nothing yet.`
      : `${name} has not connected yet.`
    return freshnessOf('waiting', reason, ages)
  }
  const limit = run.trace_max_steps
  if (limit !== null && signs.lastStep !== null && signs.lastStep >= limit) {
    const reason = `Recording stopped after ${limit} steps, as asked for; the training goes on.`
    return freshnessOf('ended', reason, ages)
  }
  const late = lateness(ages.ageS, ages.expectedS)
  const obstacle = sayObstacle(fact)
  if (late === 'live') {
    const isTraining = !hasSteps || signs.steps.lastS !== null
    if (isTraining)
      return freshnessOf('live', obstacle === null ? null : `${name}: ${obstacle}.`, ages)
    return freshnessOf('waiting', `${name} reports, and has completed no step yet.`, ages)
  }
  const usual = `it usually takes ${sayDuration(ages.expectedS)}`
  const life = signsOfLife(signs, facts.now_s)
  const what = source === signs.steps ? `has completed no step ${after}` : 'has sent nothing'
  const why = obstacle === null ? `; ${usual}, and ${life}` : `: ${obstacle}`
  const reason = `${name} ${what} for ${sayDuration(ages.ageS)}${why}.`
  return freshnessOf(late, reason, ages)
}

function goneFreshness(
  name: string,
  after: string,
  fact: LiveRankFact | null,
  facts: LiveFacts,
  ages: AgeFacts,
): LiveFreshness | null {
  if (fact?.finished) return freshnessOf('ended', `${name} finished ${after}.`, ages)
  const closedS = fact?.connected === false ? fact.closed_for_s : null
  if (closedS !== null && (closedS > RECONNECT_S || facts.status === 'ended')) {
    const reason = `${name} closed its connection without saying goodbye ${after}.`
    return freshnessOf('lost_source', reason, ages)
  }
  if (facts.status === 'ended') {
    return ages.ageS === null
      ? freshnessOf('lost_source', `${name} never reported.`, ages)
      : freshnessOf('ended', `The run has ended; ${name} stopped ${after}.`, ages)
  }
  if (closedS !== null) {
    return freshnessOf('stale', `${name} closed its connection and may come back.`, ages)
  }
  return null
}

/** What the rank's own host says is in its way, or null. */
function sayObstacle(fact: LiveRankFact | null): string | null {
  const state = fact?.state ?? null
  if (state === null || state.condition === null) return null
  return state.condition === 'page_hidden'
    ? `its page is hidden since step ${state.step}, and browsers slow hidden pages down or stop them`
    : `the browser took its GPU context away after step ${state.step}`
}

/** Tells a training that hangs from a process that is stopped or cut off. */
function signsOfLife(signs: RankSigns, nowS: number): string {
  const age = signs.anything.ageS(nowS)
  const expected = signs.anything.expectedS(null)
  const isAlive = age !== null && expected !== null && lateness(age, expected) === 'live'
  return isAlive ? 'its process still reports' : 'its process sends nothing either'
}

/** True for a rank whose process itself is silent although its connection is open. @internal */
export function isSilent(signs: RankSigns, nowS: number): boolean {
  const age = signs.anything.ageS(nowS)
  const expected = signs.anything.expectedS(null)
  return age !== null && expected !== null && lateness(age, expected) !== 'live'
}
