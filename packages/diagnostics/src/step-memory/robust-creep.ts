import { analyzeRobustTrend, analyzeTrend, type TrendEvidence } from '@traceml/analysis'
import { creepScore, NOT_ELIGIBLE } from './creep.js'
import type { RobustStepMemoryPolicy, StepMemoryPolicy } from './policy.js'
import type { CreepEvidence, StepMemoryMetric, StepMemoryRank } from './signals.js'

interface RisingRank {
  readonly rank: StepMemoryRank
  readonly trend: TrendEvidence
  readonly confidence: number
  readonly bytesPerStep: number
}

/**
 * Returns whether some rank rises, judged by its own series: a trend test that noise does not pass,
 * a smallest rise, and a line rather than one jump. O(ranks × steps).
 *
 * @param capacityOf - Bytes of a rank's device, or null.
 */
export function robustCreepEvidence(
  metric: Pick<StepMemoryMetric, 'stepsUsed' | 'ranks'>,
  policy: StepMemoryPolicy,
  robust: RobustStepMemoryPolicy,
  capacityOf: (globalRank: number) => number | null,
): CreepEvidence {
  if (metric.stepsUsed < policy.minSteps) return NOT_ELIGIBLE
  // Each rank is one more chance of an alarm: the tail of the score shrinks with its square.
  const minScore = Math.sqrt(robust.creepMinScore ** 2 + 2 * Math.log(metric.ranks.length || 1))
  const rising = metric.ranks
    .flatMap((rank) => risingRank(rank, minScore, policy, robust) ?? [])
    .toSorted((a, b) => b.trend.deltaVsBaseline - a.trend.deltaVsBaseline)
  const [lead] = rising
  if (lead === undefined) return { ...NOT_ELIGIBLE, eligible: true }
  const { rank, trend, bytesPerStep } = lead
  const { deltaVsBaseline: delta, ratioVsBaseline: growth } = trend
  const capacity = capacityOf(rank.globalRank)
  return {
    eligible: true,
    baselineAvgBytes: trend.baselineAvg,
    midAvgBytes: trend.midAvg,
    recentAvgBytes: trend.recentAvg,
    overallAbsDeltaBytes: delta,
    overallWorstGrowthRatio: growth,
    overallMedianGrowthRatio: null,
    early: true,
    confirmed: delta >= policy.creepConfirmedBytes,
    score: creepScore(delta, growth, null, policy),
    trendWindowSteps: metric.stepsUsed,
    avgGrowthBytesPerStep: bytesPerStep,
    byRank: {
      rank: rank.globalRank,
      risingRanks: rising.map((entry) => entry.rank.globalRank),
      confidence: lead.confidence,
      stepsToCapacity:
        capacity === null
          ? null
          : Math.max(0, Math.round((capacity - trend.recentAvg) / bytesPerStep)),
    },
  }
}

function risingRank(
  rank: StepMemoryRank,
  minScore: number,
  policy: StepMemoryPolicy,
  robust: RobustStepMemoryPolicy,
): RisingRank | null {
  const series = rank.seriesBytes.map((bytes) => Math.max(0, bytes))
  const test = analyzeRobustTrend(series, robust.blocks)
  if (test === null || test.isStep || test.score < minScore || !(test.slope > 0)) return null
  const trend = analyzeTrend(Array.from(series), policy.trend)
  if (trend === null) return null
  const { deltaVsBaseline: delta, deltaVsMid: late } = trend
  const smallest = robust.creepMinHalfRatio * delta
  const isSteady = late >= smallest && delta - late >= smallest
  if (delta < robust.creepMinRiseRatio * trend.baselineAvg || !isSteady) return null
  return { rank, trend, confidence: test.risingPairRatio, bytesPerStep: test.slope }
}
