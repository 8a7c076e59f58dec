import type { Generated } from 'kysely'

type Integer = number | null
type Real = number | null
type Text = string | null

interface RowKeys {
  readonly id: Generated<number>
  /** Unix nanoseconds when the row was taken in; beyond 2^53. */
  readonly recv_ts_ns: number | bigint
}

interface RankColumns {
  readonly global_rank: Integer
  readonly local_rank: Integer
  readonly world_size: Integer
  readonly local_world_size: Integer
  readonly node_rank: Integer
  readonly hostname: Text
}

/** One row per process: how it was started. Never pruned. */
export interface RuntimeEnvironmentTable extends RowKeys, RankColumns {
  readonly rank: Integer
  readonly pid: Integer
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly topology: Text
  readonly distributed_initialized: Integer
  readonly distributed_backend: Text
  readonly training_strategy: Text
  readonly strategy_source: Text
  readonly strategy_confidence: Text
}

/** One row per node and tick. */
export interface SystemSamplesTable extends RowKeys, RankColumns {
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly cpu_percent: Real
  readonly ram_used_bytes: Real
  readonly ram_total_bytes: Real
  readonly gpu_available: Integer
  readonly gpu_count: Integer
}

/** One row per GPU of a system sample. */
export interface SystemGpuSamplesTable extends RowKeys, RankColumns {
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly gpu_idx: number
  readonly util: Real
  readonly mem_used_bytes: Real
  readonly mem_total_bytes: Real
  readonly temperature_c: Real
  readonly power_usage_w: Real
  readonly power_limit_w: Real
}

/** One row per rank and tick. */
export interface ProcessSamplesTable extends RowKeys, RankColumns {
  readonly rank: Integer
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly cpu_percent: Real
  readonly cpu_logical_core_count: Integer
  readonly ram_used_bytes: Real
  readonly ram_total_bytes: Real
  readonly gpu_available: Integer
  readonly gpu_count: Integer
  readonly gpu_device_index: Integer
  readonly gpu_mem_used_bytes: Real
  readonly gpu_mem_reserved_bytes: Real
  readonly gpu_mem_total_bytes: Real
}

/** One row per rank and step; a step may have several rows, of which the newest counts. */
export interface StepTimeSamplesTable extends RowKeys, RankColumns {
  readonly rank: Integer
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly step: Integer
  readonly events_json: string
}

/** One row per rank and step: memory peaks, and live tensors where the producer knows them. */
export interface StepMemorySamplesTable extends RowKeys, RankColumns {
  readonly rank: Integer
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly device: Text
  readonly step: Integer
  readonly peak_alloc_bytes: Real
  readonly peak_reserved_bytes: Real
  readonly live_bytes: Real
  readonly live_tensor_count: Integer
}

/** One row per captured line of output. Never pruned. */
export interface StdoutStderrSamplesTable extends RowKeys {
  readonly rank: Integer
  readonly sample_ts_s: Real
  readonly line: string
}

/** Rows of samplers that have no table of their own, as JSON text. */
export interface CustomSamplesTable extends RowKeys, RankColumns {
  readonly pid: Integer
  readonly sampler: string
  readonly table_name: string
  readonly sample_ts_s: Real
  readonly row_json: string
}

/** One row per model of a rank, and a further one when its layers change. Lists are JSON, parallel. */
export interface LayerModelsTable extends RowKeys, RankColumns {
  readonly rank: Integer
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly model_index: Integer
  readonly model_name: Text
  readonly model_signature: Text
  readonly layers_json: string
  readonly layer_bytes_json: string
  readonly layer_types_json: Text
  readonly layer_trainable_bytes_json: Text
}

/** One row per sampled step, model and kind of figure. Lists are JSON, parallel. */
export interface LayerSamplesTable extends RowKeys, RankColumns {
  readonly rank: Integer
  readonly sample_ts_s: Real
  readonly seq: Integer
  readonly kind: string
  readonly model_id: Integer
  readonly step: Integer
  readonly device: Text
  /** Names of the layers: a row of `layer_lists`, for they are the same in most rows. */
  readonly layers_id: Integer
  /** The names themselves, where there is no such row. */
  readonly layers_json: Text
  /** Host milliseconds, or bytes. */
  readonly values_json: string
  readonly gpu_ms_json: Text
  readonly n_calls_json: Text
  readonly phase_cpu_ms: Real
  readonly phase_gpu_ms: Real
  readonly every: Integer
  readonly cost_ms: Real
  readonly step_ms: Real
}

/** Lists of names that rows of `layer_samples` share. */
export interface LayerListsTable {
  readonly id: Generated<number>
  readonly layers_json: string
}

/** Facts about the file itself. */
export interface TracemlMetaTable {
  readonly key: string
  readonly value: Text
}

/** Every table of a history database, by name. */
export interface HistoryTables {
  readonly runtime_environment: RuntimeEnvironmentTable
  readonly system_samples: SystemSamplesTable
  readonly system_gpu_samples: SystemGpuSamplesTable
  readonly process_samples: ProcessSamplesTable
  readonly step_time_samples: StepTimeSamplesTable
  readonly step_memory_samples: StepMemorySamplesTable
  readonly stdout_stderr_samples: StdoutStderrSamplesTable
  readonly custom_samples: CustomSamplesTable
  readonly layer_models: LayerModelsTable
  readonly layer_samples: LayerSamplesTable
  readonly layer_lists: LayerListsTable
  readonly traceml_meta: TracemlMetaTable
}

/** Tables that hold samples, in the order in which a flush writes them. */
export const SAMPLE_TABLES = [
  'runtime_environment',
  'system_samples',
  'system_gpu_samples',
  'process_samples',
  'step_time_samples',
  'step_memory_samples',
  'stdout_stderr_samples',
  'custom_samples',
  'layer_models',
  'layer_samples',
] as const

/** Name of a table that holds samples. */
export type SampleTable = (typeof SAMPLE_TABLES)[number]

/**
 * Those of them that a file gets with their first row: only the deep profile has any, and files of
 * other runs neither grow by them nor lack them.
 */
export const LATE_TABLES: readonly SampleTable[] = ['layer_models', 'layer_samples']
