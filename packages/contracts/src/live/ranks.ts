import type { GpuDeviceProcess } from '../gpu-device-row.js'
import type { LiveFreshness } from './state.js'

/**
 * Parts of a step in the order in which they are drawn; together they make a step's time. What no
 * part accounts for (a part may be unknown) is the step time minus the known ones.
 */
export const LIVE_PHASES = [
  'input_wait',
  'h2d',
  'forward',
  'backward',
  'optimizer_step',
  'residual',
] as const

/** Key of a part of a step. */
export type LivePhase = (typeof LIVE_PHASES)[number]

/** Milliseconds by part; null is "not measured", never zero. */
export type LivePhasesMs = Readonly<Record<LivePhase, number | null>>

/** Newest state of a rank's process; every value null when the producer did not say. */
export interface LiveRankProcess {
  /** 100 is one full logical core. */
  readonly cpu_percent: number | null
  readonly cpu_logical_cores: number | null
  /** Resident set size. */
  readonly rss_bytes: number | null
  readonly host_ram_bytes: number | null
  /** Index on its node of the GPU that the process uses. */
  readonly gpu_idx: number | null
  readonly gpu_used_bytes: number | null
  readonly gpu_reserved_bytes: number | null
  readonly gpu_total_bytes: number | null
}

/** Memory of a rank's newest steps. */
export interface LiveRankMemory {
  /** For example `cuda:0`. */
  readonly device: string | null
  /** Of the newest step. */
  readonly peak_allocated_bytes: number | null
  readonly peak_reserved_bytes: number | null
  /** Bytes of live tensors after the newest step (TensorFlow.js). */
  readonly live_bytes: number | null
  readonly live_tensor_count: number | null
  /** Memory of the device; null when unknown. */
  readonly capacity_bytes: number | null
  /** Fullest metric / capacity, 0 to 1; null when either is unknown. */
  readonly pressure_ratio: number | null
}

/** One rank, with everything that is known of it. */
export interface LiveRank {
  readonly global_rank: number
  readonly local_rank: number | null
  readonly node_rank: number | null
  /** As the producer sent it: treat it as hostile text. */
  readonly hostname: string | null
  readonly freshness: LiveFreshness
  readonly last_step: number | null
  /** Steps behind the rank that is furthest; null without steps. */
  readonly steps_behind: number | null
  readonly steps_per_s: number | null
  /** Mean over the window of the step-time section; null when not measured. */
  readonly step_time_ms: number | null
  /** Means over the same window. */
  readonly phases_ms: LivePhasesMs
  /** The step-time or memory verdict names it as the cause. */
  readonly is_culprit: boolean
  /** It has the longest step, and others are there to compare with; not always the culprit. */
  readonly is_slowest: boolean
  readonly process: LiveRankProcess | null
  readonly memory: LiveRankMemory | null
}

/** One GPU of a node. */
export interface LiveGpu {
  /** Position among the GPUs of the run on its node. */
  readonly idx: number
  /** As the vendor's tools count the GPUs of the host; null until the producer says so. */
  readonly host_index: number | null
  /** As the driver names it, for example `NVIDIA A100-SXM4-80GB`. */
  readonly name: string | null
  readonly uuid: string | null
  /** Of all users of the host; null where the device does not tell. */
  readonly processes: readonly GpuDeviceProcess[] | null
  /** Global ranks that use it, as far as they said so. */
  readonly ranks: readonly number[]
  readonly util_percent: number | null
  readonly memory_used_bytes: number | null
  readonly memory_total_bytes: number | null
  readonly temperature_c: number | null
  /** `warm` from 80 °C, `hot` from 85 °C; null when the temperature is unknown. */
  readonly temperature_state: 'ok' | 'warm' | 'hot' | null
  readonly power_w: number | null
  readonly power_limit_w: number | null
}

/** One node. */
export interface LiveNode {
  /** Null when its producers do not say; such a node is one of its own. */
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly freshness: LiveFreshness
  /** Global ranks on it that were seen, ascending. */
  readonly ranks: readonly number[]
  /** 0 to 100 of the whole host. */
  readonly cpu_percent: number | null
  readonly ram_used_bytes: number | null
  readonly ram_total_bytes: number | null
  /** Null until a sample says so. */
  readonly gpu_available: boolean | null
  readonly gpus: readonly LiveGpu[]
}
