import type { StepMemorySampleRow, StepMemoryWindow, WindowRequest } from '@traceml/contracts'
import { sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { readGpuCapacity } from './gpu-capacity.js'

const COLUMNS: readonly (keyof StepMemorySampleRow)[] = [
  'id',
  'global_rank',
  'local_rank',
  'world_size',
  'local_world_size',
  'node_rank',
  'hostname',
  'device',
  'step',
  'peak_alloc_bytes',
  'peak_reserved_bytes',
  'live_bytes',
  'live_tensor_count',
]

/** Steps per rank that are looked at, as a multiple of the window. */
const LOOKBACK_FACTOR = 20

/**
 * Memory of the newest steps of every rank.
 *
 * A row counts when it has both peaks of the device, or the live tensors of a producer without such
 * peaks. Of several rows of a rank and step the newest counts; per rank the newest 20 windows of
 * steps are returned, ordered by rank, then step.
 */
export function readStepMemory(handle: SqliteHandle, request: WindowRequest): StepMemoryWindow {
  const present = new Set(columnNames(handle, 'step_memory_samples'))
  const usable = present.has('global_rank') && present.has('step')
  const window = Math.max(1, Math.trunc(request.windowRows))
  const depth = Math.max(window * LOOKBACK_FACTOR, window + 1)
  const facts = usable ? readFacts(handle) : { latestStep: null, ranksSeen: 0 }
  const rows = usable ? readRows(handle, present, depth) : []
  return { rows, ...facts, ...readGpuCapacity(handle) }
}

interface TableFacts {
  readonly latestStep: number | null
  readonly ranksSeen: number
}

function readFacts(handle: SqliteHandle): TableFacts {
  const query =
    sql`select max(step), count(distinct case when step is not null then global_rank end)
    from step_memory_samples`.compile(builder)
  const [latestStep, ranksSeen] = handle.prepare(query.sql).raw().get() as readonly [
    number | null,
    number,
  ]
  return { latestStep, ranksSeen }
}

function readRows(
  handle: SqliteHandle,
  present: ReadonlySet<string>,
  depth: number,
): readonly StepMemorySampleRow[] {
  const columns = COLUMNS.map((column) =>
    present.has(column) ? sql.ref(column) : sql`null as ${sql.ref(column)}`,
  )
  const peaks = ['peak_alloc_bytes', 'peak_reserved_bytes']
  const measured: ReturnType<typeof sql>[] = []
  if (peaks.every((peak) => present.has(peak))) {
    measured.push(sql`(peak_alloc_bytes is not null and peak_reserved_bytes is not null)`)
  }
  if (present.has('live_bytes')) measured.push(sql`live_bytes is not null`)
  if (measured.length === 0) return []
  const query = sql`select ${sql.join(columns)} from step_memory_samples
    where global_rank is not null and step is not null
      and (${sql.join(measured, sql` or `)})
    order by id desc`.compile(builder)
  const newest = new Map<number, Map<number, StepMemorySampleRow>>()
  for (const found of handle.prepare(query.sql).iterate()) {
    const row = found as StepMemorySampleRow
    const rank = row.global_rank as number
    let steps = newest.get(rank)
    if (steps === undefined) {
      steps = new Map()
      newest.set(rank, steps)
    }
    const step = row.step as number
    if (!steps.has(step)) steps.set(step, row)
  }
  return [...newest]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, steps]) =>
      [...steps.values()].toSorted((a, b) => Number(a.step) - Number(b.step)).slice(-depth),
    )
}
