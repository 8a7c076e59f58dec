import { InputError, type StepTimeSnapshot } from '@traceml/contracts'
import { alignSteps, type RowSelection } from './align.js'
import { observedRanks } from './check-snapshot.js'
import { chooseClock } from './clock.js'
import { stepCohorts } from './cohorts.js'
import { stepMetrics } from './metrics.js'
import { rankFacts } from './rank-facts.js'
import type { StepTimeAnalysisOptions, StepTimeWindow } from './window.js'

const DEFAULT_WINDOW_SIZE = 10_000

/**
 * Aligns the ranks of a snapshot on their newest common steps and computes every Step Time fact of
 * that window: clock, availability, per-rank averages, statistics over ranks, shares.
 *
 * Linear in the rows of the window. The result may share memory with the snapshot, which must not
 * change afterwards. Values that are negative count as 0, values that are not finite as missing.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a window size that is not a number, columns of
 * unequal length, steps out of order and a rank that occurs twice.
 * @example
 * ```ts
 * const window = analyzeStepTime(snapshotFromDurations({ forward: [3, 4], traced_step_time: [9, 9] }))
 * window.coverage.stepsUsed // 2
 * ```
 */
export function analyzeStepTime(
  snapshot: StepTimeSnapshot,
  options: StepTimeAnalysisOptions = {},
): StepTimeWindow {
  const { windowSize = DEFAULT_WINDOW_SIZE } = options
  if (!Number.isFinite(windowSize)) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `windowSize is ${String(windowSize)}; give a whole number of steps.`,
    )
  }
  const expectedSteps = Math.max(1, Math.floor(windowSize))
  const ranks = observedRanks(snapshot)
  const universe = new Set([...snapshot.globalRanks, ...ranks.map((rank) => rank.globalRank)])
  const alignment = alignSteps(ranks, expectedSteps)
  const clock = chooseClock(ranks, alignment)
  const stepsUsed = alignment.steps.length
  const facts =
    stepsUsed === 0
      ? []
      : ranks.map((rank, r) => rankFacts(rank, alignment.rows[r] as RowSelection, clock))
  return {
    clock,
    trainingStrategy: snapshot.trainingStrategy,
    steps: alignment.steps,
    expectedRanks: [...universe].sort((a, b) => a - b),
    coverage: {
      expectedSteps,
      stepsUsed,
      worldSize: universe.size,
      ranksPresent: ranks.length,
    },
    rankFacts: facts,
    metrics: stepMetrics(facts),
    ...stepCohorts(facts, snapshot.trainingStrategy),
  }
}
