import type { SampleTable } from './tables.js'

/** SQL type of a column. */
export type ColumnType = 'integer' | 'real' | 'text'

/** One column of a table, apart from `id`. */
export interface ColumnSpec {
  readonly name: string
  readonly type: ColumnType
  readonly notNull: boolean
}

const TYPES = { I: 'integer', R: 'real', T: 'text' } as const

function columns(...specs: readonly string[]): readonly ColumnSpec[] {
  return specs.map((spec) => {
    const [name = '', type = ''] = spec.split(':')
    return { name, type: TYPES[type[0] as keyof typeof TYPES], notNull: type.endsWith('!') }
  })
}

const RECEIVED = 'recv_ts_ns:I!'
const IDENTITY = [
  'global_rank:I',
  'local_rank:I',
  'world_size:I',
  'local_world_size:I',
  'node_rank:I',
  'hostname:T',
] as const
const SAMPLE = ['sample_ts_s:R', 'seq:I'] as const

/**
 * Columns of every sample table after `id`, in the order of the table and of the values of an
 * insert.
 */
export const TABLE_COLUMNS: Readonly<Record<SampleTable, readonly ColumnSpec[]>> =
  /* @__PURE__ */ Object.freeze({
    runtime_environment: columns(
      RECEIVED,
      'rank:I',
      ...IDENTITY,
      'pid:I',
      ...SAMPLE,
      'topology:T',
      'distributed_initialized:I',
      'distributed_backend:T',
      'training_strategy:T',
      'strategy_source:T',
      'strategy_confidence:T',
    ),
    system_samples: columns(
      RECEIVED,
      ...IDENTITY,
      ...SAMPLE,
      'cpu_percent:R',
      'ram_used_bytes:R',
      'ram_total_bytes:R',
      'gpu_available:I',
      'gpu_count:I',
    ),
    system_gpu_samples: columns(
      RECEIVED,
      ...IDENTITY,
      ...SAMPLE,
      'gpu_idx:I!',
      'util:R',
      'mem_used_bytes:R',
      'mem_total_bytes:R',
      'temperature_c:R',
      'power_usage_w:R',
      'power_limit_w:R',
    ),
    process_samples: columns(
      RECEIVED,
      'rank:I',
      ...IDENTITY,
      ...SAMPLE,
      'cpu_percent:R',
      'cpu_logical_core_count:I',
      'ram_used_bytes:R',
      'ram_total_bytes:R',
      'gpu_available:I',
      'gpu_count:I',
      'gpu_device_index:I',
      'gpu_mem_used_bytes:R',
      'gpu_mem_reserved_bytes:R',
      'gpu_mem_total_bytes:R',
    ),
    step_time_samples: columns(
      RECEIVED,
      'rank:I',
      ...IDENTITY,
      ...SAMPLE,
      'step:I',
      'events_json:T!',
    ),
    step_memory_samples: columns(
      RECEIVED,
      'rank:I',
      ...IDENTITY,
      ...SAMPLE,
      'device:T',
      'step:I',
      'peak_alloc_bytes:R',
      'peak_reserved_bytes:R',
      'live_bytes:R',
      'live_tensor_count:I',
    ),
    stdout_stderr_samples: columns(RECEIVED, 'rank:I', 'sample_ts_s:R', 'line:T!'),
    custom_samples: columns(
      RECEIVED,
      ...IDENTITY,
      'pid:I',
      'sampler:T!',
      'table_name:T!',
      'sample_ts_s:R',
      'row_json:T!',
    ),
    layer_models: columns(
      RECEIVED,
      'rank:I',
      ...IDENTITY,
      ...SAMPLE,
      'model_index:I',
      'model_name:T',
      'model_signature:T',
      'layers_json:T!',
      'layer_bytes_json:T!',
      'layer_types_json:T',
      'layer_trainable_bytes_json:T',
    ),
    layer_samples: columns(
      RECEIVED,
      'rank:I',
      ...IDENTITY,
      ...SAMPLE,
      'kind:T!',
      'model_id:I',
      'step:I',
      'device:T',
      'layers_id:I',
      'layers_json:T',
      'values_json:T!',
      'gpu_ms_json:T',
      'n_calls_json:T',
      'phase_cpu_ms:R',
      'phase_gpu_ms:R',
      'every:I',
      'cost_ms:R',
      'step_ms:R',
    ),
  })
