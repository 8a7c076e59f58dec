import { analyzeTrend, type TrendEvidence } from '@traceml/analysis'
import type { StepMemoryPolicy } from './policy.js'
import type { CreepEvidence, StepMemoryMetric } from './signals.js'

/** Evidence of a metric that cannot be judged. */
export const NOT_ELIGIBLE: CreepEvidence = {
  eligible: false,
  baselineAvgBytes: null,
  midAvgBytes: null,
  recentAvgBytes: null,
  overallAbsDeltaBytes: null,
  overallWorstGrowthRatio: null,
  overallMedianGrowthRatio: null,
  early: false,
  confirmed: false,
  score: 0,
  trendWindowSteps: null,
  avgGrowthBytesPerStep: null,
  byRank: null,
}

/** Steps that the mean growth per step looks back. */
const GROWTH_WINDOW_STEPS = 1000

/** Returns whether and how a metric rises over its window. O(steps). */
export function creepEvidence(
  metric: Pick<StepMemoryMetric, 'stepsUsed' | 'worstBytes' | 'medianBytes'>,
  policy: Omit<StepMemoryPolicy, 'robust'>,
): CreepEvidence {
  if (metric.stepsUsed < policy.minSteps) return NOT_ELIGIBLE
  const worstSeries = metric.worstBytes.map(usable)
  const worst = analyzeTrend(worstSeries, policy.trend)
  const median = analyzeTrend(metric.medianBytes.map(usable), policy.trend)
  if (worst === null || median === null) return NOT_ELIGIBLE

  const delta = worst.deltaVsBaseline
  const growth = worst.ratioVsBaseline
  const rises = isRising(worst, policy) && isRising(median, policy)
  const newest = worstSeries.slice(-GROWTH_WINDOW_STEPS)
  const steps = newest.length
  return {
    eligible: true,
    baselineAvgBytes: worst.baselineAvg,
    midAvgBytes: worst.midAvg,
    recentAvgBytes: worst.recentAvg,
    overallAbsDeltaBytes: delta,
    overallWorstGrowthRatio: growth,
    overallMedianGrowthRatio: median.ratioVsBaseline,
    early: rises && delta > 0,
    confirmed: rises && delta >= policy.creepConfirmedBytes,
    score: creepScore(delta, growth, median.ratioVsBaseline, policy),
    trendWindowSteps: steps,
    avgGrowthBytesPerStep:
      steps < 2 ? null : ((newest.at(-1) ?? 0) - (newest[0] ?? 0)) / (steps - 1),
    byRank: null,
  }
}

/** Ranks rises against each other: their size, and their growth on the worst and the median rank. */
export function creepScore(
  deltaBytes: number,
  worstGrowthRatio: number | null,
  medianGrowthRatio: number | null,
  { creepScoreScaleBytes }: Pick<StepMemoryPolicy, 'creepScoreScaleBytes'>,
): number {
  return (
    Math.max(0, deltaBytes) / Math.max(1, creepScoreScaleBytes) +
    10 * Math.max(0, worstGrowthRatio ?? 0) +
    6 * Math.max(0, medianGrowthRatio ?? 0)
  )
}

/** A value that cannot be used counts as no memory: dropping it would shift the parts. */
function usable(value: number): number {
  return Number.isFinite(value) && value > 0 ? value : 0
}

function isRising(
  trend: TrendEvidence,
  policy: Pick<StepMemoryPolicy, 'requireRecentAboveMid' | 'requireMidAboveBaseline'>,
): boolean {
  const late = !policy.requireRecentAboveMid || trend.recentAvg > trend.midAvg
  const early = !policy.requireMidAboveBaseline || trend.midAvg > trend.baselineAvg
  return late && early
}
