import { formatChange, formatStepMs } from '../format/numbers.js'
import type { JudgedMetric } from './model.js'

/** Faster or slower, and by how much. */
export function sentenceOf(
  stepTime: Pick<JudgedMetric, 'lhs' | 'rhs' | 'outcome' | 'mean_change' | 'change_unit'> | null,
): string {
  if (stepTime === null || stepTime.lhs === null || stepTime.rhs === null) {
    return 'Whether B is faster than A is unknown: no step time on a clock that both runs measured.'
  }
  const { outcome, mean_change: change, change_unit: unit } = stepTime
  const opening = {
    worse: 'B is SLOWER than A',
    better: 'B is FASTER than A',
    unchanged: 'B is as fast as A',
    undecided: 'Whether B is faster or slower than A is open',
  }[outcome]
  const amount = change === null ? '' : `, ${formatChange(change, unit)}`
  return `${opening}: ${formatStepMs(stepTime.lhs)} -> ${formatStepMs(stepTime.rhs)} a step${amount}.`
}
