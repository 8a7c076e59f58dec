import type { RankStateMessage } from '../envelope.js'
import type { GpuDeviceRow } from '../gpu-device-row.js'
import type { RankIdentity } from '../identity.js'
import type { LayerModelRow, LayerSampleRow } from '../layers.js'
import type {
  CustomSampleRow,
  ProcessSampleRow,
  SystemGpuSampleRow,
  SystemSampleRow,
} from '../rows.js'
import type { TrainingStrategy } from '../step-time.js'
import type { LivePayload } from './payload.js'
import type { LiveEnd } from './run.js'
import type { LiveLogQuery, LiveLogs, LiveSeries, LiveSeriesQuery } from './source.js'

/** Steps of any ranks as columns, in the order of their arrival; all equally long. */
export interface LiveStepRows {
  readonly ranks: Float64Array
  readonly steps: Float64Array
  /** Bit `i`: phase `PHASES[i]` has an event in that row. */
  readonly present: Uint8Array
  /**
   * Twelve values a row, milliseconds: the phases of `PHASES` on the host's clock, then the same on
   * the device's; NaN is "not measured".
   */
  readonly values: Float64Array
}

/** Memory of steps as columns; NaN is "not measured". */
export interface LiveMemoryRows {
  readonly ranks: Float64Array
  readonly steps: Float64Array
  readonly peakAllocatedBytes: Float64Array
  readonly peakReservedBytes: Float64Array
  readonly liveBytes: Float64Array
  readonly liveTensorCount: Float64Array
  readonly devices: readonly (string | null)[]
}

/** One captured line as it arrived. */
export interface LiveLineRow {
  readonly rank: number | null
  /** Unix seconds, null when unknown. */
  readonly ts: number | null
  readonly line: string
}

/** What arrived since the batch before. Arrays may be handed to another thread; do not keep them. */
export interface LiveRowBatch {
  /** Ranks whose identity is new. */
  readonly identities: readonly RankIdentity[]
  readonly steps: LiveStepRows | null
  readonly memory: LiveMemoryRows | null
  readonly system: readonly SystemSampleRow[]
  readonly gpus: readonly SystemGpuSampleRow[]
  /** Which devices those are. */
  readonly gpuDevices: readonly GpuDeviceRow[]
  readonly process: readonly ProcessSampleRow[]
  readonly lines: readonly LiveLineRow[]
  /** Layers of models that are new or have changed; empty but for the deep profile. */
  readonly layerModels: readonly LayerModelRow[]
  /** Sampled steps of the deep profile. */
  readonly layerSamples: readonly LayerSampleRow[]
  /** Rows of samplers without a table of their own, the newest of them; absent: there are none. */
  readonly custom?: readonly CustomSampleRow[]
  /** Null when no row says so. */
  readonly strategy: TrainingStrategy | null
}

/** What a connection tells about a rank. */
export interface LiveRankFact {
  readonly global_rank: number
  /** A connection that carries it is open. */
  readonly connected: boolean
  /** It said goodbye. */
  readonly finished: boolean
  /** Seconds since the last connection was closed; null while one is open. */
  readonly closed_for_s: number | null
  /** What its host says is in its way; absent or null: nothing. */
  readonly state?: Pick<RankStateMessage, 'condition' | 'step'> | null
}

/** What rows do not say. */
export interface LiveFacts {
  /** Seconds on a clock that never jumps: the one of {@link LiveEngine.add}. */
  readonly now_s: number
  /** Unix seconds, a label. */
  readonly wall_s: number
  readonly status: 'running' | 'finalizing' | 'ended'
  /** Ranks that are waited for; null: as many as {@link LiveRunInfo} says. */
  readonly ranks_expected: number | null
  /** Null where there are no connections, for example for a stored session. */
  readonly ranks: readonly LiveRankFact[] | null
  readonly end: LiveEnd | null
  readonly rows_received: number
  readonly bytes_received: number
  readonly steps_lost: number | null
  readonly rows_lost: number
  readonly messages_lost: number
  readonly backlog_messages: number
  /** Sentences about losses. */
  readonly notes: readonly string[]
}

/** The run that an engine shows. */
export interface LiveRunInfo {
  readonly session_id: string
  readonly run_name: string | null
  readonly profile: 'run' | 'watch' | 'deep'
  /** Unix seconds. */
  readonly started_at: number | null
  readonly ranks_expected: number
  /** Seconds between two samples of the producers. */
  readonly interval_s: number
  readonly history_enabled: boolean
  /** Steps that the training will make; null when unknown. */
  readonly total_steps: number | null
  /** Samples of one step over all ranks; null when unknown. */
  readonly samples_per_step: number | null
  /** Steps after which recording stops although the training goes on; null: never. */
  readonly trace_max_steps: number | null
}

/**
 * Turns rows into payloads. Pure and synchronous: no clock, no timer, no I/O; memory is bounded
 * whatever the length of the run. Made by `createLiveSession` of `@traceml/live`.
 */
export interface LiveEngine {
  /** Takes in rows that arrived at `nowS`. Never throws for odd values. */
  add(batch: LiveRowBatch, nowS: number): void
  /** Computes the payload of this moment. What is not new is not computed again. */
  tick(facts: LiveFacts): LivePayload
  /** @throws {InputError} `TRACEML_INPUT_INVALID` */
  series(query: LiveSeriesQuery): LiveSeries
  /** @throws {InputError} `TRACEML_INPUT_INVALID` */
  logs(query: LiveLogQuery): LiveLogs
}
