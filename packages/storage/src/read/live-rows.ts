import type { StepTimeRequest } from '@traceml/contracts'
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { rankWalk } from './ranks.js'
import type { SelectedRow } from './step-columns.js'
import { depthOf, filterOf } from './step-table.js'

/** The rows that stand for the newest steps of every rank. */
export interface LiveRows {
  /** Ascending by rank; rows ascending by step. Ranks without usable rows are there, too. */
  readonly byRank: ReadonlyMap<number, readonly SelectedRow[]>
  /** Largest id of the whole table when it was read; 0 when it is empty. */
  readonly tableLastId: number
}

/** More new rows than this, as a multiple of the rows that are wanted, are not worth merging. */
const MERGE_FACTOR = 4

/** Selects all rows anew, in one SELECT: cost by depth, whatever the length of the run. */
export function selectLiveRows(handle: SqliteHandle, request: StepTimeRequest): LiveRows {
  const query = sourceQuery(request)
  const byRank = new Map<number, SelectedRow[]>()
  let tableLastId = 0
  const found = handle
    .prepare(query.sql)
    .raw()
    .all(...query.parameters) as readonly SourceRow[]
  for (const [rank, id, step, eventsJson] of found) {
    if (rank === null) {
      tableLastId = id ?? 0
      continue
    }
    const rows = rowsOf(byRank, rank)
    if (id !== null) rows.push({ id, step, eventsJson })
  }
  for (const rows of byRank.values()) rows.sort((a, b) => a.step - b.step)
  return { byRank, tableLastId }
}

/**
 * Brings rows up to date with one SELECT that reads only what is new. Rows from `before` come
 * without their text.
 *
 * @returns Null when that is not possible: rows are gone, or too many are new.
 */
export function mergeLiveRows(
  handle: SqliteHandle,
  request: StepTimeRequest,
  before: LiveRows,
): LiveRows | null {
  const depth = depthOf(request)
  const limit = Math.max(1, before.byRank.size) * depth * MERGE_FACTOR
  const oldest = oldestIds(before)
  const query = newRowsQuery(request, before.tableLastId, oldest, limit + 1)
  const byRank = new Map<number, SelectedRow[]>()
  let tableLastId = before.tableLastId
  let fresh = 0
  const found = handle
    .prepare(query.sql)
    .raw()
    .all(...query.parameters) as readonly NewRow[]
  for (const [kind, rank, id, step, eventsJson] of found) {
    if (kind === PRESENT && id !== oldest.length) return null
    if (kind === RANK && rank !== null) byRank.set(rank, [...(before.byRank.get(rank) ?? [])])
    if (kind !== FRESH || id === null) continue
    fresh += 1
    tableLastId = Math.max(tableLastId, id)
    const rows = rank === null ? undefined : byRank.get(rank)
    if (rows !== undefined && step !== null && eventsJson) put(rows, { id, step, eventsJson })
  }
  if (fresh > limit) return null
  for (const [rank, rows] of byRank) if (rows.length > depth) byRank.set(rank, rows.slice(-depth))
  return { byRank, tableLastId }
}

type SourceRow = readonly [rank: number | null, id: number | null, step: number, eventsJson: string]
type NewRow = readonly [
  kind: number,
  rank: number | null,
  id: number | null,
  step: number | null,
  eventsJson: string | null,
]

const RANK = 0
const PRESENT = 1
const FRESH = 2

function sourceQuery(request: StepTimeRequest): CompiledQuery<unknown> {
  return sql`with recursive ${rankWalk()}
    select ranks.global_rank as global_rank, t.id, t.step, t.events_json
    from ranks left join step_time_samples as t on t.id in (
      select max(s.id) from step_time_samples as s
      where s.global_rank = ranks.global_rank and s.step is not null and length(s.events_json) > 0
      group by s.step order by s.step desc limit ${depthOf(request)})
    where ranks.global_rank is not null ${allowedRanks(request)}
    union all select null, max(id), null, null from step_time_samples
    order by global_rank`.compile(builder)
}

function newRowsQuery(
  request: StepTimeRequest,
  lastId: number,
  oldest: readonly number[],
  limit: number,
): CompiledQuery<unknown> {
  return sql`with recursive ${rankWalk()}
    select ${sql.lit(RANK)}, ranks.global_rank, null, null, null from ranks
      where ranks.global_rank is not null ${allowedRanks(request)}
    union all select ${sql.lit(PRESENT)}, null, count(*), null, null
      from step_time_samples where id in (${sql.join([...oldest])})
    union all select * from (select ${sql.lit(FRESH)}, global_rank, id, step, events_json
      from step_time_samples where id > ${lastId} order by id limit ${limit})`.compile(builder)
}

function allowedRanks(request: StepTimeRequest): RawBuilder<unknown> {
  const filter = filterOf(request)
  if (filter === null) return sql``
  return filter.length === 0
    ? sql`and false`
    : sql`and ranks.global_rank in (${sql.join([...filter])})`
}

/**
 * The oldest selected row of every rank. Retention drops the rows of a rank by age, so while these
 * exist, all do.
 */
function oldestIds(rows: LiveRows): readonly number[] {
  const oldest: number[] = []
  for (const selected of rows.byRank.values()) {
    if (selected.length > 0) {
      oldest.push(selected.reduce((least, { id }) => Math.min(least, id), Number.MAX_VALUE))
    }
  }
  return oldest
}

function rowsOf(byRank: Map<number, SelectedRow[]>, rank: number): SelectedRow[] {
  let rows = byRank.get(rank)
  if (rows === undefined) {
    rows = []
    byRank.set(rank, rows)
  }
  return rows
}

/** Puts a newer row into its place by step, in that of an older row of the same step if any. */
function put(rows: SelectedRow[], row: SelectedRow): void {
  let at = rows.length
  while (at > 0 && (rows[at - 1] as SelectedRow).step > row.step) at -= 1
  if (at > 0 && (rows[at - 1] as SelectedRow).step === row.step) rows[at - 1] = row
  else rows.splice(at, 0, row)
}
