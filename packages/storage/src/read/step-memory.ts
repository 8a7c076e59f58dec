import type { StepMemorySampleRow, StepMemoryWindow, WindowRequest } from '@traceml/contracts'
import { type RawBuilder, sql } from 'kysely'
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
const PAGE_ROWS = 2000

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
  const depth = memoryDepth(request)
  const facts = usable ? readMemoryFacts(handle) : { latestStep: null, ranksSeen: 0 }
  const rows = usable ? readRows(handle, present, depth) : []
  return { rows, ...facts, ...readGpuCapacity(handle) }
}

/** Distinct steps that a request looks at per rank. */
export function memoryDepth(request: WindowRequest): number {
  const window = Math.max(1, Math.trunc(request.windowRows))
  return Math.max(window * LOOKBACK_FACTOR, window + 1)
}

interface TableFacts {
  readonly latestStep: number | null
  readonly ranksSeen: number
}

/** What the whole table says. */
export function readMemoryFacts(handle: SqliteHandle): TableFacts {
  const query =
    sql`select max(step), count(distinct case when step is not null then global_rank end)
    from step_memory_samples`.compile(builder)
  const [latestStep, ranksSeen] = handle.prepare(query.sql).raw().get() as readonly [
    number | null,
    number,
  ]
  return { latestStep, ranksSeen }
}

/** The condition for rows that count; null when the table can have none. */
export function measuredRows(present: ReadonlySet<string>): RawBuilder<unknown> | null {
  const peaks = ['peak_alloc_bytes', 'peak_reserved_bytes']
  const measured: RawBuilder<unknown>[] = []
  if (peaks.every((peak) => present.has(peak))) {
    measured.push(sql`(peak_alloc_bytes is not null and peak_reserved_bytes is not null)`)
  }
  if (present.has('live_bytes')) measured.push(sql`live_bytes is not null`)
  return measured.length === 0 ? null : sql`(${sql.join(measured, sql` or `)})`
}

function readRows(
  handle: SqliteHandle,
  present: ReadonlySet<string>,
  depth: number,
): readonly StepMemorySampleRow[] {
  const columns = COLUMNS.map((column) =>
    present.has(column) ? sql.ref(column) : sql`null as ${sql.ref(column)}`,
  )
  const measured = measuredRows(present)
  if (measured === null) return []
  const query = sql`select ${sql.join(columns)} from step_memory_samples
    where global_rank is not null and step is not null
      and ${measured} and id < ${0}
    order by id desc limit ${PAGE_ROWS}`.compile(builder)
  const statement = handle.prepare(query.sql).raw()
  const newest = new Map<number, RankRows>()
  let below = Number.MAX_SAFE_INTEGER
  for (;;) {
    // Pages: row by row takes a third longer, all at once twice the memory.
    const page = statement.all(below, PAGE_ROWS) as readonly (readonly unknown[])[]
    for (const values of page) {
      const rank = values[RANK_AT] as number
      let rows = newest.get(rank)
      if (rows === undefined) {
        rows = createRankRows()
        newest.set(rank, rows)
      }
      addRow(rows, values)
    }
    if (page.length < PAGE_ROWS) break
    below = page.at(-1)?.[ID_AT] as number
  }
  return [...newest].toSorted(([a], [b]) => a - b).flatMap(([, rows]) => newestSteps(rows, depth))
}

const ID_AT = COLUMNS.indexOf('id')
const RANK_AT = COLUMNS.indexOf('global_rank')
const STEP_AT = COLUMNS.indexOf('step')
const HOST_AT = COLUMNS.indexOf('hostname')
const DEVICE_AT = COLUMNS.indexOf('device')

/** Rows of one rank, newest first. */
interface RankRows {
  readonly rows: StepMemorySampleRow[]
  /** Smallest step so far: below it a step cannot have been there. */
  smallestStep: number
  /** Null while every step was smaller than the one before, as it usually is. */
  seen: Set<number> | null
  hostname: unknown
  device: unknown
}

function createRankRows(): RankRows {
  return {
    rows: [],
    smallestStep: Number.POSITIVE_INFINITY,
    seen: null,
    hostname: null,
    device: null,
  }
}

function addRow(rank: RankRows, values: readonly unknown[]): void {
  const step = values[STEP_AT] as number
  if (step < rank.smallestStep) rank.smallestStep = step
  else {
    rank.seen ??= new Set(rank.rows.map((row) => Number(row.step)))
    if (rank.seen.has(step)) return
  }
  rank.seen?.add(step)
  // Every row comes with texts of its own: a rank's are the same, and are kept once.
  if (values[HOST_AT] !== rank.hostname) rank.hostname = values[HOST_AT]
  if (values[DEVICE_AT] !== rank.device) rank.device = values[DEVICE_AT]
  const [
    id,
    global_rank,
    local_rank,
    world_size,
    local_world_size,
    node_rank,
    ,
    ,
    ,
    peak_alloc_bytes,
    peak_reserved_bytes,
    live_bytes,
    live_tensor_count,
  ] = values
  rank.rows.push({
    id,
    global_rank,
    local_rank,
    world_size,
    local_world_size,
    node_rank,
    hostname: rank.hostname,
    device: rank.device,
    step,
    peak_alloc_bytes,
    peak_reserved_bytes,
    live_bytes,
    live_tensor_count,
  } as StepMemorySampleRow)
}

/** The rows of the newest steps, ascending. */
function newestSteps(rank: RankRows, depth: number): readonly StepMemorySampleRow[] {
  const { rows } = rank
  if (rank.seen === null) rows.reverse()
  else rows.sort((a, b) => Number(a.step) - Number(b.step))
  return rows.length > depth ? rows.slice(-depth) : rows
}
