import { analyzeTrend, type TrendEvidence } from '@traceml/analysis'
import type { StepMemoryPolicy } from './policy.js'
import type { CreepEvidence, StepMemoryMetric } from './signals.js'

const NOT_ELIGIBLE: CreepEvidence = {
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
}

/** Steps that the mean growth per step looks back. */
const GROWTH_WINDOW_STEPS = 1000

/** Returns whether and how a metric rises over its window. O(steps). */
export function creepEvidence(
  metric: Pick<StepMemoryMetric, 'stepsUsed' | 'worstBytes' | 'medianBytes'>,
  policy: StepMemoryPolicy,
): CreepEvidence {
  if (metric.stepsUsed < policy.minSteps) return NOT_ELIGIBLE
  const worstSeries = metric.worstBytes.map(usable)
  const worst = analyzeTrend(worstSeries, policy.trend)
  const median = analyzeTrend(metric.medianBytes.map(usable), policy.trend)
  if (worst === null || median === null) return NOT_ELIGIBLE

  const delta = worst.deltaVsBaseline
  const rises = isRising(worst, policy) && isRising(median, policy)
  const newest = worstSeries.slice(-GROWTH_WINDOW_STEPS)
  const steps = newest.length
  return {
    eligible: true,
    baselineAvgBytes: worst.baselineAvg,
    midAvgBytes: worst.midAvg,
    recentAvgBytes: worst.recentAvg,
    overallAbsDeltaBytes: delta,
    overallWorstGrowthRatio: worst.ratioVsBaseline,
    overallMedianGrowthRatio: median.ratioVsBaseline,
    early: rises && delta > 0,
    confirmed: rises && delta >= policy.creepConfirmedBytes,
    score:
      Math.max(0, delta) / Math.max(1, policy.creepScoreScaleBytes) +
      10 * Math.max(0, worst.ratioVsBaseline ?? 0) +
      6 * Math.max(0, median.ratioVsBaseline ?? 0),
    trendWindowSteps: steps,
    avgGrowthBytesPerStep:
      steps < 2 ? null : ((newest.at(-1) ?? 0) - (newest[0] ?? 0)) / (steps - 1),
  }
}

/** A value that cannot be used counts as no memory: dropping it would shift the parts. */
function usable(value: number): number {
  return Number.isFinite(value) && value > 0 ? value : 0
}

function isRising(trend: TrendEvidence, policy: StepMemoryPolicy): boolean {
  const late = !policy.requireRecentAboveMid || trend.recentAvg > trend.midAvg
  const early = !policy.requireMidAboveBaseline || trend.midAvg > trend.baselineAvg
  return late && early
}
