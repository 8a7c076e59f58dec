import { largestBy } from '../shared/extremes.js'
import { fractionOf } from '../shared/measured.js'
import { creepEvidence } from './creep.js'
import type { StepMemoryPolicy } from './policy.js'
import { robustCreepEvidence } from './robust-creep.js'
import type { StepMemoryMetric, StepMemorySignals } from './signals.js'

/**
 * Returns what the rules read of one metric.
 *
 * @param gpuTotalBytes - Capacity of the device; null, or not positive, when unknown.
 * @param capacities - Bytes by global rank, where known; only a robust policy reads them.
 */
export function stepMemorySignalsOf(
  metric: StepMemoryMetric,
  gpuTotalBytes: number | null,
  policy: StepMemoryPolicy,
  capacities: Readonly<Record<string, number>> = {},
): StepMemorySignals {
  const { robust } = policy
  const worstPeakBytes = Math.max(0, metric.worstPeakBytes)
  const capacityOf = (rank: number): number | null => capacities[String(rank)] ?? gpuTotalBytes
  const fullest =
    robust &&
    largestBy(metric.ranks, (rank) => fractionOf(rank.peakBytes, capacityOf(rank.globalRank)))
  return {
    metric: metric.metric,
    device: metric.device,
    stepsUsed: metric.stepsUsed,
    windowSize: metric.windowSize,
    completedStep: metric.completedStep ?? 0,
    ranksSeen: metric.ranksPresent,
    worstRank: metric.worstRank,
    worstPeakBytes,
    medianPeakBytes: Math.max(0, metric.medianPeakBytes),
    worstToMedianRatio: Math.max(0, metric.worstToMedianRatio),
    skewRatio: Math.max(0, metric.skewRatio),
    pressureRatio: fullest?.value ?? fractionOf(worstPeakBytes, gpuTotalBytes),
    pressureRank: fullest?.item.globalRank ?? metric.worstRank,
    creep: robust
      ? robustCreepEvidence(metric, policy, robust, capacityOf)
      : creepEvidence(metric, policy),
  }
}
