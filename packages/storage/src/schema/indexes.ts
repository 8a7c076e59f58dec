import type { SampleTable } from './tables.js'

/** One index of the finished file. */
export interface IndexSpec {
  readonly name: string
  readonly table: SampleTable
  /** Column names, each optionally followed by ` desc`. */
  readonly columns: readonly string[]
  /**
   * `start`: kept while rows arrive, because readers of a running job need it, or because its
   * table is small. `end`: built once, at finalisation. Every index that is kept costs 10 to 15 %
   * of the insert rate of its table, and most of the cost of retention in a large file.
   * `small`: the same, but only for a table of at most {@link SMALL_TABLE_IDS} rows. These indexes
   * begin with the older column `rank`, or serve nobody who has `global_rank`; on a million rows
   * each of them would make the end of a run 0.3 s longer. The existing implementation makes them
   * itself when it opens a history for writing.
   */
  readonly built: 'start' | 'end' | 'small'
}

/** See {@link IndexSpec.built}. */
export const SMALL_TABLE_IDS = 100_000

function index(
  name: string,
  table: SampleTable,
  columns: string,
  built: IndexSpec['built'],
): IndexSpec {
  return { name, table, columns: columns.split(','), built }
}

/** Every index, in the order of its table. */
export const INDEXES: readonly IndexSpec[] = /* @__PURE__ */ Object.freeze([
  index('idx_runtime_environment_global_rank', 'runtime_environment', 'global_rank,id', 'start'),
  index('idx_system_samples_node_ts', 'system_samples', 'node_rank,sample_ts_s,id', 'start'),
  index(
    'idx_system_gpu_samples_global_gpu_ts',
    'system_gpu_samples',
    'global_rank,gpu_idx,sample_ts_s,id',
    'end',
  ),
  index('idx_process_samples_rank_ts', 'process_samples', 'rank,sample_ts_s,id', 'small'),
  index(
    'idx_process_samples_global_rank_ts',
    'process_samples',
    'global_rank,sample_ts_s,id',
    'start',
  ),
  index(
    'idx_step_time_samples_rank_step_ts',
    'step_time_samples',
    'rank,step,sample_ts_s,id',
    'small',
  ),
  index(
    'idx_step_time_samples_global_rank_step_ts',
    'step_time_samples',
    'global_rank,step,sample_ts_s,id',
    'end',
  ),
  index(
    'idx_step_time_samples_global_rank_step_id',
    'step_time_samples',
    'global_rank,step desc,id desc',
    'start',
  ),
  index('idx_step_time_samples_step_rank', 'step_time_samples', 'step,rank,id', 'small'),
  index(
    'idx_step_memory_samples_rank_step_ts',
    'step_memory_samples',
    'rank,step,sample_ts_s,id',
    'small',
  ),
  index('idx_step_memory_samples_step_rank', 'step_memory_samples', 'step,rank,id', 'small'),
  index(
    'idx_step_memory_samples_global_rank_step_ts',
    'step_memory_samples',
    'global_rank,step,sample_ts_s,id',
    'end',
  ),
  index(
    'idx_step_memory_samples_step_global_rank',
    'step_memory_samples',
    'step,global_rank,id',
    'end',
  ),
  index('idx_stdout_stderr_rank_id', 'stdout_stderr_samples', 'rank,id', 'start'),
  index('idx_stdout_stderr_sample_ts', 'stdout_stderr_samples', 'sample_ts_s,id', 'start'),
  index('idx_custom_samples_sampler', 'custom_samples', 'sampler,table_name,id', 'start'),
])
