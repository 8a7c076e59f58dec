import type { ProcessSampleRow, WindowRequest } from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { readNewestRows } from './newest-rows.js'

const COLUMNS: readonly (keyof ProcessSampleRow)[] = [
  'id',
  'rank',
  'global_rank',
  'local_rank',
  'world_size',
  'local_world_size',
  'node_rank',
  'hostname',
  'sample_ts_s',
  'seq',
  'cpu_percent',
  'cpu_logical_core_count',
  'ram_used_bytes',
  'ram_total_bytes',
  'gpu_available',
  'gpu_count',
  'gpu_device_index',
  'gpu_mem_used_bytes',
  'gpu_mem_reserved_bytes',
  'gpu_mem_total_bytes',
]

/** Process samples of the newest rows per global rank; rows without one are left out. */
export function readProcess(
  handle: SqliteHandle,
  request: WindowRequest,
): readonly ProcessSampleRow[] {
  return readNewestRows(handle, {
    table: 'process_samples',
    columns: COLUMNS,
    partition: ['global_rank'],
    required: 'global_rank',
    limit: request.windowRows,
  }) as unknown as readonly ProcessSampleRow[]
}
