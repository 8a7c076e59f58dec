import {
  findStepMetric,
  type RankStatistics,
  rankStatistics,
  type StepMetricKey,
  type StepTimeMetric,
  type StepTimeWindow,
  type StepValueKey,
} from '@traceml/analysis'
import { type MissingSignal, missingSignals } from './missing-signals.js'
import { ROBUST_SUMMARY_STEP_TIME_POLICY, type StepTimePolicy } from './policy.js'
import { compareStragglers, type StragglerComparison } from './stragglers.js'

/** The facts that every Step Time rule sees. */
export interface StepTimeContext {
  /** The steps that count. */
  readonly window: StepTimeWindow
  /** At most one rank exists or reports, so that nothing can be compared between ranks. */
  readonly isSingleRank: boolean
  /** The late ranks against those that wait, of any size; null when ranks cannot be compared. */
  readonly stragglers: StragglerComparison | null
  readonly missingSignals: readonly MissingSignal[]
  /** A metric over all ranks that measured it, or null. */
  metric(key: StepMetricKey): StepTimeMetric | null
  /** A value over the ranks of a cohort, or null when none of them has it. */
  cohort(ranks: readonly number[], key: StepValueKey): RankStatistics | null
  /** The rank with the longest step time, or null. */
  readonly worstStepRank: number | null
  /** Step time of the typical rank in milliseconds; null when not measured. */
  readonly typicalStepMs: number | null
}

/** Prepares the facts that rules share; `policy` says how ranks are compared. */
export function createStepTimeContext(
  window: StepTimeWindow,
  policy: StepTimePolicy = ROBUST_SUMMARY_STEP_TIME_POLICY,
): StepTimeContext {
  const { worldSize, ranksPresent } = window.coverage
  const isSingleRank = worldSize <= 1 || ranksPresent <= 1
  const metric = (key: StepMetricKey): StepTimeMetric | null => findStepMetric(window, key)
  const stepTime = metric('step_time')
  return {
    window,
    isSingleRank,
    stragglers: isSingleRank ? null : compareStragglers(window, policy),
    missingSignals: missingSignals(window),
    metric,
    cohort(ranks, key) {
      const members = new Set(ranks)
      return rankStatistics(
        window.rankFacts.flatMap(({ globalRank, average }) => {
          const value = average[key]
          return value === null || !members.has(globalRank) ? [] : [{ globalRank, value }]
        }),
      )
    },
    worstStepRank: stepTime?.worstRank ?? null,
    typicalStepMs: (isSingleRank ? stepTime?.worstMs : stepTime?.medianMs) ?? null,
  }
}
