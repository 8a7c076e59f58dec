import { fractionOf } from '../shared/measured.js'
import { creepEvidence } from './creep.js'
import type { StepMemoryPolicy } from './policy.js'
import type { StepMemoryMetric, StepMemorySignals } from './signals.js'

/**
 * Returns what the rules read of one metric.
 *
 * @param gpuTotalBytes - Capacity of the device; null, or not positive, when unknown.
 */
export function stepMemorySignalsOf(
  metric: StepMemoryMetric,
  gpuTotalBytes: number | null,
  policy: StepMemoryPolicy,
): StepMemorySignals {
  const worstPeakBytes = Math.max(0, metric.worstPeakBytes)
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
    pressureRatio: fractionOf(worstPeakBytes, gpuTotalBytes),
    creep: creepEvidence(metric, policy),
  }
}
