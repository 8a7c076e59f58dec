import type { Evidence } from '@traceml/contracts'
import type { ProcessSignals } from '../signals.js'

/** The peak that the memory rules judge: what is reserved, or what is used where that is unknown. */
export interface GpuMemoryPeak {
  readonly metric: 'gpu_mem_reserved_peak_percent' | 'gpu_mem_used_peak_percent'
  readonly percent: number | null
  readonly rank: number | null
  readonly evidence: Evidence
}

/** Returns the peak that the memory rules judge. */
export function gpuMemoryPeakOf(signals: ProcessSignals): GpuMemoryPeak {
  const reserved = signals.gpuMemReservedPeakPercent
  const isReserved = reserved !== null
  const rank = isReserved ? signals.highestReservedRank : signals.highestUsedRank
  return {
    metric: isReserved ? 'gpu_mem_reserved_peak_percent' : 'gpu_mem_used_peak_percent',
    percent: reserved ?? signals.gpuMemUsedPeakPercent,
    rank,
    evidence: {
      gpu_mem_used_peak_percent: signals.gpuMemUsedPeakPercent,
      gpu_mem_reserved_peak_percent: reserved,
      rank,
    },
  }
}
