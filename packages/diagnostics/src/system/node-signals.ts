import type { RankIdentity } from '@traceml/contracts'
import { largestBy, relativeSpread, smallestBy } from '../shared/extremes.js'
import { fractionOf } from '../shared/measured.js'
import type { GpuSignals, SystemNodeSignals, SystemSignals } from './signals.js'

const toPercent = (ratio: number | null): number | null => (ratio === null ? null : ratio * 100)

/** Returns the signals of one node: its own figures and which GPU stands out in which. */
export function nodeSignalsOf(
  label: string,
  identity: RankIdentity,
  signals: SystemSignals,
  gpus: readonly GpuSignals[],
): SystemNodeSignals {
  const memPressure = largestBy(gpus, (gpu) => fractionOf(gpu.memPeakBytes, gpu.memTotalBytes))
  const power = largestBy(gpus, (gpu) => fractionOf(gpu.powerAvgWatts, gpu.powerLimitWatts))
  const utilOf = (gpu: GpuSignals): number | null => gpu.utilAvgPercent
  const memOf = (gpu: GpuSignals): number | null => gpu.memPeakBytes
  return {
    ...signals,
    label,
    identity,
    gpus,
    gpuMemPressureRatio: memPressure?.value ?? null,
    gpuMemPeakPercent: toPercent(memPressure?.value ?? null),
    highestMemPressureGpuIndex: memPressure?.item.gpuIndex ?? null,
    gpuPowerAvgLimitRatio: power?.value ?? null,
    gpuPowerAvgLimitPercent: toPercent(power?.value ?? null),
    highestPowerGpuIndex: power?.item.gpuIndex ?? null,
    highestTempGpuIndex: largestBy(gpus, (gpu) => gpu.tempPeakCelsius)?.item.gpuIndex ?? null,
    lowestUtilGpuIndex: smallestBy(gpus, utilOf)?.item.gpuIndex ?? null,
    highestUtilGpuIndex: largestBy(gpus, utilOf)?.item.gpuIndex ?? null,
    highestMemGpuIndex: largestBy(gpus, memOf)?.item.gpuIndex ?? null,
    gpuUtilImbalanceRatio: relativeSpread(gpus, utilOf),
    gpuMemImbalanceRatio: relativeSpread(gpus, memOf),
  }
}
