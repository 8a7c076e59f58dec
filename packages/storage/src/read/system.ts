import type {
  SystemGpuSampleRow,
  SystemSampleRow,
  SystemWindow,
  WindowRequest,
} from '@traceml/contracts'
import { sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { readNewestRows } from './newest-rows.js'

const SAMPLE_COLUMNS: readonly (keyof SystemSampleRow)[] = [
  'id',
  'global_rank',
  'local_rank',
  'world_size',
  'local_world_size',
  'node_rank',
  'hostname',
  'sample_ts_s',
  'seq',
  'cpu_percent',
  'ram_used_bytes',
  'ram_total_bytes',
  'gpu_available',
  'gpu_count',
]

const GPU_COLUMNS: readonly (keyof SystemGpuSampleRow)[] = [
  'id',
  'global_rank',
  'node_rank',
  'seq',
  'gpu_idx',
  'util',
  'mem_used_bytes',
  'mem_total_bytes',
  'temperature_c',
  'power_usage_w',
  'power_limit_w',
]

/** System samples of the newest rows per node, and the GPU rows that belong to them. */
export function readSystem(handle: SqliteHandle, request: WindowRequest): SystemWindow {
  const samples = readNewestRows(handle, {
    table: 'system_samples',
    columns: SAMPLE_COLUMNS,
    partition: ['node_rank', 'global_rank'],
    limit: request.windowRows,
  }) as unknown as readonly SystemSampleRow[]
  if (samples.length === 0) return { samples, gpus: [] }
  const gpus = readGpus(handle)
  const wanted = new Set(samples.map(snapshotKey))
  // Rows of one snapshot follow each other: one look at the key of each.
  let isWanted = false
  const kept = gpus.filter((row, index) => {
    const before = gpus[index - 1]
    if (before === undefined || !isSameSnapshot(before, row))
      isWanted = wanted.has(snapshotKey(row))
    return isWanted
  })
  return { samples, gpus: kept }
}

/** All GPU rows, ordered by rank, sequence number, GPU. */
function readGpus(handle: SqliteHandle): readonly SystemGpuSampleRow[] {
  const present = new Set(columnNames(handle, 'system_gpu_samples'))
  if (!present.has('gpu_idx')) return []
  const columns = GPU_COLUMNS.map((column) =>
    present.has(column) ? sql.ref(column) : sql`null as ${sql.ref(column)}`,
  )
  const order = ['global_rank', 'seq', 'gpu_idx', 'id'].filter((column) => present.has(column))
  const query = sql`select ${sql.join(columns)} from system_gpu_samples
    order by ${sql.join(order.map((column) => sql.ref(column)))}`.compile(builder)
  return handle.prepare(query.sql).all() as unknown as readonly SystemGpuSampleRow[]
}

function isSameSnapshot(a: SystemGpuSampleRow, b: SystemGpuSampleRow): boolean {
  return a.seq === b.seq && a.global_rank === b.global_rank && a.node_rank === b.node_rank
}

/** What ties GPU rows to their snapshot; null equals null. */
function snapshotKey(row: SystemSampleRow | SystemGpuSampleRow): string {
  return `${row.global_rank}/${row.node_rank}/${row.seq}`
}
