import { pickRows } from '../internal/select.js'
import { stepCohorts } from './cohorts.js'
import { stepMetrics } from './metrics.js'
import { restrictFacts } from './rank-facts.js'
import type { StepTimeWindow } from './window.js'

/**
 * The same window over some of its steps only: averages, statistics and shares are those of the
 * steps that are kept, so that they still add up. Clock, availability and ranks stay.
 *
 * Linear in the kept steps; steps that follow each other are not copied.
 *
 * @param indices - Positions in `window.steps`, ascending and distinct.
 */
export function restrictStepTimeWindow(
  window: StepTimeWindow,
  indices: Int32Array,
): StepTimeWindow {
  const count = indices.length
  const start = indices[0] ?? 0
  const isRun = count === 0 || (indices[count - 1] as number) - start === count - 1
  const select = (column: Float64Array): Float64Array =>
    isRun ? column.subarray(start, start + count) : pickRows(column, indices)
  const rankFacts =
    count === 0 ? [] : window.rankFacts.map((facts) => restrictFacts(facts, select, count))
  return {
    ...window,
    steps: select(window.steps),
    coverage: { ...window.coverage, stepsUsed: count },
    rankFacts,
    metrics: stepMetrics(rankFacts),
    ...stepCohorts(rankFacts, window.trainingStrategy),
  }
}
