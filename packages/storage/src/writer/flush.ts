import { errorMessage } from '@traceml/contracts'
import type { SqliteHandle, SqliteStatement } from '../handle.js'
import { createTableSql, insertSql } from '../schema/ddl.js'
import { LATE_TABLES, SAMPLE_TABLES, type SampleTable } from '../schema/tables.js'
import { createLayerLists, type LayerLists } from './layer-lists.js'
import { type Pending, type PendingRow, resolveEvents, TABLE } from './pending.js'

/** Prepared inserts, by table. */
export interface Inserts {
  /** Null for a table that the file may not have yet. */
  readonly statements: readonly (SqliteStatement | null)[]
  readonly layerLists: LayerLists
}

/** Compiles and prepares the insert of every table that a file has from the start. */
export function prepareInserts(handle: SqliteHandle): Inserts {
  return {
    statements: SAMPLE_TABLES.map((table) =>
      LATE_TABLES.includes(table) ? null : handle.prepare(insertSql(table)),
    ),
    layerLists: createLayerLists(handle),
  }
}

/** The insert of a table, which is made with its first row; an undone transaction takes it back. */
function prepareLateInsert(handle: SqliteHandle, table: SampleTable): SqliteStatement {
  handle.prepare(createTableSql(table)).run()
  return handle.prepare(insertSql(table))
}

/** Ids of inserted rows by table and position; 0 for a rejected row. */
export interface InsertOutcome {
  readonly ids: readonly Float64Array[]
  readonly rejected: number
  /** Why the last rejected row was rejected. */
  readonly rejection: string | null
}

/**
 * Inserts every buffered row inside the caller's transaction; a row that the database refuses is
 * left out.
 *
 * @throws whatever ended the transaction.
 */
export function insertRows(
  handle: SqliteHandle,
  inserts: Inserts,
  pending: Pending,
): InsertOutcome {
  let rejected = 0
  let rejection: string | null = null
  const ids = pending.rows.map((rows) => new Float64Array(rows.length))
  for (let table = 0; table < SAMPLE_TABLES.length; table += 1) {
    const rows = pending.rows[table] as readonly PendingRow[]
    if (rows.length === 0) continue
    const insert =
      inserts.statements[table] ?? prepareLateInsert(handle, SAMPLE_TABLES[table] as SampleTable)
    const tableIds = ids[table] as Float64Array
    for (let index = 0; index < rows.length; index += 1) {
      if (table === TABLE.systemGpu && isOrphan(ids, pending, index)) {
        rejected += 1
        continue
      }
      const row = rows[index] as PendingRow
      if (table === TABLE.stepTime) resolveEvents(pending, row)
      try {
        const bound = table === TABLE.layerSamples ? inserts.layerLists.shorten(row) : row
        tableIds[index] = insert.run(bound).lastInsertRowid as number
      } catch (error) {
        if (!isRowError(error) || !handle.inTransaction) throw error
        rejected += 1
        rejection = errorMessage(error)
      }
    }
  }
  return { ids, rejected, rejection }
}

/** True for the GPU row of a snapshot that was rejected: without it the row means nothing. */
function isOrphan(ids: readonly Float64Array[], pending: Pending, index: number): boolean {
  return (ids[TABLE.system] as Float64Array)[pending.gpuOwners[index] as number] === 0
}

const ROW_ERRORS: readonly string[] = [
  'SQLITE_CONSTRAINT',
  'SQLITE_MISMATCH',
  'SQLITE_TOOBIG',
  'SQLITE_RANGE',
]

/** True when the fault is the row's own: its values, not the state of the database. */
function isRowError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true
  const code = (error as { readonly code?: unknown }).code
  return typeof code === 'string' && ROW_ERRORS.some((prefix) => code.startsWith(prefix))
}

/** True when less at a time may still be written: the disk is full, or nearly. */
export function isSpaceError(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code
  return typeof code === 'string' && /^SQLITE_(FULL|IOERR)/.test(code)
}
