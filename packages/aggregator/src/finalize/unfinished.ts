import type { UnfinishedRank } from '@traceml/contracts'

/** A pause of a rank that is told, in seconds; anything shorter is how ranks end. */
const PAUSE_SECONDS = 3
const SHOWN_RANKS = 8

/**
 * Sentences about ranks that ended without finishing: the first of them by name, because the others
 * are often ended because of it.
 *
 * @internal
 */
export function describeUnfinished(unfinished: readonly UnfinishedRank[]): readonly string[] {
  const ordered = unfinished.toSorted(
    (left, right) => endOf(left) - endOf(right) || left.rank - right.rank,
  )
  const [first, ...others] = ordered
  if (first === undefined) return []
  return [
    `Rank ${first.rank} ended without finishing${when(first)}${afterStep(first)}.`,
    ...(others.length === 0 ? [] : [followers(others, first)]),
    ...pause(unfinished),
  ]
}

/** `Rank 3`, `Ranks 1, 2 and 5 more`. @internal */
export function nameRanks(list: readonly number[]): string {
  const shown = list.slice(0, SHOWN_RANKS).join(', ')
  const rest = list.length > SHOWN_RANKS ? ` and ${list.length - SHOWN_RANKS} more` : ''
  return list.length === 1 ? `Rank ${shown}` : `Ranks ${shown}${rest}`
}

function endOf({ disconnected_ts: end }: UnfinishedRank): number {
  return end ?? Number.POSITIVE_INFINITY
}

function when({ disconnected_ts: end }: UnfinishedRank): string {
  return end === null ? '; it is still connected' : ` at ${utcTime(end)}`
}

function afterStep({ last_step: step }: UnfinishedRank): string {
  return step === null ? ', before a step was recorded' : `, after step ${step}`
}

function followers(others: readonly UnfinishedRank[], first: UnfinishedRank): string {
  const names = nameRanks(others.map(({ rank }) => rank).toSorted((left, right) => left - right))
  const last = endOf(others.at(-1) ?? first)
  const delay = last - endOf(first)
  const within = Number.isFinite(delay) ? ` within ${delay.toFixed(1)} s` : ''
  return `${names} ended without finishing too, after it${within}.`
}

/** Of ranks that stood still before they ended, the one that stopped first. */
function pause(unfinished: readonly UnfinishedRank[]): readonly string[] {
  const paused = unfinished.flatMap(
    ({ rank, disconnected_ts: end, last_step: step, last_step_ts: at }) =>
      end === null || step === null || at === null || end - at < PAUSE_SECONDS
        ? []
        : { rank, step, at, seconds: end - at },
  )
  const [first] = paused.toSorted(
    (left, right) => left.step - right.step || left.at - right.at || left.rank - right.rank,
  )
  if (first === undefined) return []
  const latest = Math.max(...unfinished.map(({ last_step: step }) => step ?? 0))
  const others = latest > first.step ? `, while others went on to step ${latest}` : ''
  return [
    `Rank ${first.rank} completed no step in its last ${first.seconds.toFixed(1)} s, after step ${first.step} at ${utcTime(first.at)}${others}.`,
  ]
}

function utcTime(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1000).toISOString().slice(11, 19)} UTC`
}
