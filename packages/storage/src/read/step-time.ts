import type {
  RankIdentity,
  RankStepColumns,
  StepTimeRequest,
  StepTimeSnapshot,
} from '@traceml/contracts'
import { sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { createBatchDecoder } from '../step-events/batch-decoder.js'
import { ranksQuery } from './ranks.js'
import { createRankStepReader } from './step-batches.js'
import { decodeRank, type SelectedRow } from './step-columns.js'
import { depthOf, filterOf, inspectStepTable } from './step-table.js'
import { readStrategy } from './strategy.js'

const IDENTITY_COLUMNS = [
  'local_rank',
  'node_rank',
  'hostname',
  'local_world_size',
  'world_size',
] as const

/**
 * Step Time of a summary, inside the caller's transaction.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_SCHEMA when the table lacks needed columns.
 */
export function readStepTime(handle: SqliteHandle, request: StepTimeRequest): StepTimeSnapshot {
  const columns = inspectStepTable(handle)
  const trainingStrategy = readStrategy(handle)
  const filter = filterOf(request)
  const known = columns === null ? [] : readRanks(handle)
  const globalRanks = filter === null ? known : known.filter((rank) => filter.includes(rank))
  if (columns === null || globalRanks.length === 0) {
    return emptySnapshot(trainingStrategy)
  }
  const depth = depthOf(request)
  const ranks: RankStepColumns[] = []
  const identities: Record<string, RankIdentity> = {}
  const readRank = isUtf8(handle) ? createRankStepReader(handle, createBatchDecoder()) : null
  for (const rank of globalRanks) {
    identities[String(rank)] = readIdentity(handle, rank, columns)
    const decoded =
      readRank?.(rank, depth) ?? decodeRank(rank, readRankRows(handle, rank, depth), null).columns
    if (decoded.steps.length > 0) ranks.push(decoded)
  }
  const cursor = { lastRowId: readLastId(handle), latestStep: readLatestStep(handle, known) }
  return { globalRanks, ranks, identities, cursor, trainingStrategy }
}

/** What there is to say about a table without rows. */
export function emptySnapshot(
  trainingStrategy: StepTimeSnapshot['trainingStrategy'],
): StepTimeSnapshot {
  return {
    globalRanks: [],
    ranks: [],
    identities: {},
    cursor: { lastRowId: null, latestStep: null },
    trainingStrategy,
  }
}

/** Texts of another encoding are no bytes that a decoder reads. */
function isUtf8(handle: SqliteHandle): boolean {
  const [row] = handle.pragma('encoding') as readonly { readonly encoding: string }[]
  return row?.encoding === 'UTF-8'
}

function readRanks(handle: SqliteHandle): readonly number[] {
  return handle
    .prepare(ranksQuery().sql)
    .raw()
    .all()
    .map((row) => (row as readonly [number])[0])
}

/**
 * The rows that stand for the newest `depth` steps of a rank, ascending by step: of several rows of
 * one step the newest. Walks the index backwards and stops.
 */
function readRankRows(handle: SqliteHandle, rank: number, depth: number): readonly SelectedRow[] {
  // Repeated steps use up rows; a few are expected, many cost a second look.
  for (let limit = depth + 32; ; limit *= 2) {
    const query = builder
      .selectFrom('step_time_samples')
      .select(['id', 'step', 'events_json'])
      .where('global_rank', '=', rank)
      .where('step', 'is not', null)
      .where(sql`length(events_json)`, '>', 0)
      .orderBy('step', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .compile()
    const found = handle
      .prepare(query.sql)
      .raw()
      .all(...query.parameters) as readonly (readonly [number, number, string])[]
    const rows: SelectedRow[] = []
    let last = Number.NaN
    for (const [id, step, eventsJson] of found) {
      if (step === last) continue
      if (rows.length === depth) break
      last = step
      rows.push({ id, step, eventsJson })
    }
    if (rows.length === depth || found.length < limit) return rows.reverse()
  }
}

function readIdentity(
  handle: SqliteHandle,
  rank: number,
  columns: ReadonlySet<string>,
): RankIdentity {
  let newest = builder.selectFrom('step_time_samples').select('id').where('global_rank', '=', rank)
  if (columns.has('sample_ts_s')) newest = newest.orderBy('sample_ts_s', 'desc')
  const query = builder
    .selectFrom('step_time_samples')
    .select(['id', ...IDENTITY_COLUMNS.filter((column) => columns.has(column))])
    .where('id', '=', newest.orderBy('id', 'desc').limit(1))
    .compile()
  const row = handle.prepare(query.sql).get(...query.parameters) as Record<string, unknown>
  const integer = (key: string): number | null =>
    Number.isSafeInteger(row[key]) ? (row[key] as number) : null
  return {
    global_rank: rank,
    local_rank: integer('local_rank'),
    node_rank: integer('node_rank'),
    hostname: typeof row['hostname'] === 'string' ? row['hostname'] : null,
    local_world_size: integer('local_world_size'),
    world_size: integer('world_size'),
  }
}

function readLastId(handle: SqliteHandle): number | null {
  const query = builder
    .selectFrom('step_time_samples')
    .select(({ fn }) => fn.max('id').as('id'))
    .compile()
  return (handle.prepare(query.sql).raw().get() as readonly [number | null])[0]
}

/** The largest step of the whole table, by one look into the index per rank. */
function readLatestStep(handle: SqliteHandle, ranks: readonly number[]): number | null {
  const query = builder
    .selectFrom('step_time_samples')
    .select(({ fn }) => fn.max('step').as('step'))
    .where('global_rank', 'is', 0 as never)
    .compile()
  const statement = handle.prepare(query.sql).raw()
  let latest: number | null = null
  for (const rank of [null, ...ranks]) {
    const [step] = statement.get(rank) as readonly [number | null]
    if (step !== null && (latest === null || step > latest)) latest = step
  }
  return latest
}
