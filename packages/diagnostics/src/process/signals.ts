import type { RankIdentity } from '@traceml/contracts'

/** How the resident memory of a process went after its start-up. */
export interface ProcessMemoryTrend {
  readonly firstBytes: number
  readonly lastBytes: number
  /** Slope of the line through the samples times their number; negative when memory falls. */
  readonly growthBytes: number
  /** Between the first and the last of those samples. */
  readonly seconds: number
  /** See `RobustTrend` of `@traceml/analysis`. */
  readonly score: number
  readonly risingPairRatio: number
  readonly isStep: boolean
}

/** Figures of one rank's process. A figure is null when it was never measured. */
export interface ProcessRankSignals {
  readonly globalRank: number
  readonly identity: RankIdentity
  readonly samples: number
  /** 100 is one full logical core. */
  readonly cpuAvgPercent: number | null
  readonly cpuPeakPercent: number | null
  readonly cpuLogicalCoreCount: number | null
  /** Resident set size. */
  readonly ramAvgBytes: number | null
  readonly ramPeakBytes: number | null
  /** Null with too few samples. */
  readonly ramTrend: ProcessMemoryTrend | null
  /** Memory of the host. */
  readonly ramTotalBytes: number | null
  /** Allocated by this process. */
  readonly gpuMemUsedAvgBytes: number | null
  readonly gpuMemUsedPeakBytes: number | null
  /** Reserved by the process's allocator. */
  readonly gpuMemReservedAvgBytes: number | null
  readonly gpuMemReservedPeakBytes: number | null
  readonly gpuMemTotalBytes: number | null
  /** Largest reserved / used of one sample; null when no sample has both. */
  readonly gpuMemReservedOverhangRatio: number | null
}

/** What a process rule sees: all ranks together, and which rank stands out in what. */
export interface ProcessSignals {
  /** Newest minus oldest timestamp. */
  readonly durationSeconds: number | null
  readonly samples: number
  readonly distinctRanks: number
  readonly cpuAvgPercent: number | null
  readonly cpuPeakPercent: number | null
  readonly cpuLogicalCoreCount: number | null
  /** Mean CPU / (100 × cores). */
  readonly cpuPressureRatio: number | null
  readonly cpuCapacityPercent: number | null
  readonly ramAvgBytes: number | null
  readonly ramPeakBytes: number | null
  readonly ramTotalBytes: number | null
  readonly ramPressureRatio: number | null
  readonly ramPeakPercent: number | null
  readonly gpuAvailable: boolean | null
  readonly gpuCount: number | null
  readonly gpuMemUsedAvgBytes: number | null
  readonly gpuMemUsedPeakBytes: number | null
  readonly gpuMemReservedAvgBytes: number | null
  readonly gpuMemReservedPeakBytes: number | null
  readonly gpuMemTotalBytes: number | null
  /** Largest peak of any rank / largest capacity of any rank. */
  readonly gpuMemUsedPeakPercent: number | null
  readonly gpuMemReservedPeakPercent: number | null
  readonly gpuMemReservedOverhangRatio: number | null
  readonly highestOverhangRank: number | null
  readonly highestRssRank: number | null
  readonly highestUsedRank: number | null
  readonly highestReservedRank: number | null
  readonly leastHeadroomRank: number | null
  /** Capacity minus reserved peak of that rank, at least 0. */
  readonly leastHeadroomBytes: number | null
  /** (max − min) / max over ranks, a fraction; null with fewer than two ranks. */
  readonly rankRssImbalanceRatio: number | null
  /** The same × 100. */
  readonly rankGpuUsedImbalancePercent: number | null
  readonly rankGpuReservedImbalancePercent: number | null
  /** Ascending by global rank. */
  readonly ranks: readonly ProcessRankSignals[]
}
