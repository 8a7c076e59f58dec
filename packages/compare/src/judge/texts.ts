import { formatCount } from '../format/numbers.js'

interface StepCounts {
  readonly lhs: number | null
  readonly rhs: number | null
}

/** What to do when a run is too unsteady. */
export const longerRun: string =
  'Run longer, on a machine that does nothing else, and compare again.'

/** What to do when the machine may have done it. */
export const idleMachine: string =
  'Run both again, one after the other, with nothing else on the machine, and compare again.'

/** The side with fewer steps than needed, as words (`2 steps in A`); null when both have enough. */
export function sideWithout(steps: StepCounts, needed: number): string | null {
  for (const [side, count] of [
    ['A', steps.lhs],
    ['B', steps.rhs],
  ] as const) {
    if (count !== null && count < needed) {
      return `${formatCount(count)} ${count === 1 ? 'step' : 'steps'} in ${side}`
    }
  }
  return null
}

/** Beyond this many more steps, more of them are no advice. */
const MAX_FACTOR = 100

/**
 * How many steps would make the interval narrow enough.
 *
 * @param excess - Half width of the interval as a multiple of the threshold.
 */
export function neededSteps(steps: StepCounts, excess: number): string {
  const shorter = Math.min(steps.lhs ?? 0, steps.rhs ?? 0)
  // The width of the interval shrinks with the square root of the steps; a bit more to be safe.
  const factor = Math.max(1.5, 1.2 * excess ** 2)
  if (factor > MAX_FACTOR || shorter === 0) return longerRun
  const needed = Number((shorter * factor).toPrecision(2))
  return `Run about ${formatCount(needed)} steps in both, or on a quieter machine, and compare again.`
}
