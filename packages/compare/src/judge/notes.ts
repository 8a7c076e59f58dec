import type { StepClock } from '@traceml/contracts'
import { formatCount } from '../format/numbers.js'
import { stepTimesOn } from '../history.js'
import type { JudgementInput } from './judge.js'
import type { SteadyTimes, StepComparison } from './judge-steps.js'

/** How step time was judged: on which steps, or why on averages alone. */
export function historyNotes(
  histories: JudgementInput['histories'],
  clock: StepClock,
  comparison: StepComparison | null,
): readonly string[] {
  if (comparison !== null) return [judgedSteps(comparison.lhs, comparison.rhs)]
  const without = (['lhs', 'rhs'] as const)
    .filter((side) => stepTimesOn(histories[side], clock) === null)
    .map((side) => (side === 'lhs' ? 'A' : 'B'))
  return [
    `Step time was judged by averages alone, so noise may pass for a change: there is no step history of ${without.join(' and ')}. Compare session folders, or summaries of this version, to have the steps compared.`,
  ]
}

function judgedSteps(lhs: SteadyTimes, rhs: SteadyTimes): string {
  const counts = `Step time was judged by the spread of ${formatCount(lhs.steps)} steps in A and ${formatCount(rhs.steps)} in B`
  const parts = [leftOut('A', lhs), leftOut('B', rhs)].filter((part) => part !== '')
  return parts.length === 0 ? `${counts}.` : `${counts}; left out: ${parts.join(', ')}.`
}

function leftOut(side: 'A' | 'B', { warmupSteps, stalledSteps }: SteadyTimes): string {
  const parts = [
    ...(warmupSteps > 0 ? [`${formatCount(warmupSteps)} of warm-up`] : []),
    ...(stalledSteps > 0 ? [`${formatCount(stalledSteps)} of isolated stalls`] : []),
  ]
  return parts.length === 0 ? '' : `${parts.join(' and ')} in ${side}`
}
