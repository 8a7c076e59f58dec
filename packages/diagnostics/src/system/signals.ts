import type { RankIdentity } from '@traceml/contracts'

/** Figures over a set of system samples. A figure is null when it was never measured. */
export interface SystemSignals {
  /** Newest minus oldest timestamp. */
  readonly durationSeconds: number | null
  /** Number of samples. */
  readonly samples: number
  /** 0 to 100 of the whole host. */
  readonly cpuAvgPercent: number | null
  readonly cpuPeakPercent: number | null
  readonly ramAvgBytes: number | null
  readonly ramPeakBytes: number | null
  readonly ramTotalBytes: number | null
  readonly ramPressureRatio: number | null
  readonly ramPeakPercent: number | null
  /** Null only when there is no sample. */
  readonly gpuAvailable: boolean | null
  readonly gpuCount: number | null
  /** Mean over samples of the mean over that sample's GPUs; likewise the other GPU means. */
  readonly gpuUtilAvgPercent: number | null
  readonly gpuUtilPeakPercent: number | null
  readonly gpuMemAvgBytes: number | null
  readonly gpuMemPeakBytes: number | null
  readonly gpuTempAvgCelsius: number | null
  readonly gpuTempPeakCelsius: number | null
  readonly gpuPowerAvgWatts: number | null
  readonly gpuPowerPeakWatts: number | null
}

/** Figures of one GPU over a node's samples. */
export interface GpuSignals {
  readonly gpuIndex: number
  readonly utilAvgPercent: number | null
  readonly utilPeakPercent: number | null
  readonly memAvgBytes: number | null
  readonly memPeakBytes: number | null
  readonly memTotalBytes: number | null
  readonly tempAvgCelsius: number | null
  readonly tempPeakCelsius: number | null
  readonly powerAvgWatts: number | null
  readonly powerPeakWatts: number | null
  readonly powerLimitWatts: number | null
}

/** What a system rule sees: one node with at least one sample. */
export interface SystemNodeSignals extends SystemSignals {
  /** Node rank as text, else the global rank, else `0`. */
  readonly label: string
  /** From the node's newest row. */
  readonly identity: RankIdentity
  /** Ascending by index. */
  readonly gpus: readonly GpuSignals[]
  /** Largest peak / capacity over the GPUs. */
  readonly gpuMemPressureRatio: number | null
  readonly gpuMemPeakPercent: number | null
  readonly highestMemPressureGpuIndex: number | null
  /** Largest mean power / limit over the GPUs. */
  readonly gpuPowerAvgLimitRatio: number | null
  readonly gpuPowerAvgLimitPercent: number | null
  readonly highestPowerGpuIndex: number | null
  readonly highestTempGpuIndex: number | null
  readonly lowestUtilGpuIndex: number | null
  readonly highestUtilGpuIndex: number | null
  /** By absolute peak bytes. */
  readonly highestMemGpuIndex: number | null
  /** (max − min) / max over GPUs; null with fewer than two. */
  readonly gpuUtilImbalanceRatio: number | null
  readonly gpuMemImbalanceRatio: number | null
}

/** Everything that the diagnosis of the hosts knows. */
export interface SystemContext {
  readonly cluster: SystemSignals
  /** Ordered by label as text: `10` before `2`. */
  readonly nodes: readonly SystemNodeSignals[]
  readonly nodesObserved: number
  /** From the recorded world sizes, or what was observed when they do not agree. */
  readonly nodesExpected: number
  /** True when fewer nodes were observed than expected. */
  readonly partial: boolean
}
