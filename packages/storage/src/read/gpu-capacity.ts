import type { StepMemoryWindow } from '@traceml/contracts'
import { sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'

/** What process and system rows say about the memory of the devices. */
export type GpuCapacity = Pick<
  StepMemoryWindow,
  'gpuTotalBytes' | 'gpuTotalBytesByRank' | 'gpuAvailable'
>

/** Reads the capacity of the devices from the whole tables. */
export function readGpuCapacity(handle: SqliteHandle): GpuCapacity {
  const process = new Set(columnNames(handle, 'process_samples'))
  const byRank = process.has('gpu_mem_total_bytes') ? readTotals(handle, process) : new Map()
  let largest: number | null = null
  const gpuTotalBytesByRank: Record<string, number> = {}
  for (const [rank, bytes] of byRank) {
    if (largest === null || bytes > largest) largest = bytes
    if (rank !== null) gpuTotalBytesByRank[String(rank)] = bytes
  }
  const signals = (['process_samples', 'system_samples'] as const)
    .filter((table) => columnNames(handle, table).includes('gpu_available'))
    .map((table) => readAvailable(handle, table))
    .filter((signal) => signal !== null)
  const gpuAvailable = signals.length === 0 ? null : signals.includes(true)
  return { gpuTotalBytes: largest, gpuTotalBytesByRank, gpuAvailable }
}

/** Largest positive capacity by rank; null for rows without one. */
function readTotals(
  handle: SqliteHandle,
  present: ReadonlySet<string>,
): ReadonlyMap<number | null, number> {
  const rank = present.has('global_rank') ? sql.ref('global_rank') : sql`null`
  const query = sql`select ${rank}, max(gpu_mem_total_bytes) from process_samples
    where gpu_mem_total_bytes > 0 group by 1`.compile(builder)
  const rows = handle.prepare(query.sql).raw().all() as readonly (readonly [
    number | null,
    number,
  ])[]
  return new Map(rows)
}

function readAvailable(
  handle: SqliteHandle,
  table: 'process_samples' | 'system_samples',
): boolean | null {
  const query = builder
    .selectFrom(table)
    .select(({ fn }) => fn.max('gpu_available').as('available'))
    .compile()
  const [available] = handle.prepare(query.sql).raw().get() as readonly [number | null]
  return available === null ? null : available > 0
}
