import { StorageError } from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { prepareTransaction } from '../writer/transaction.js'
import { builder } from './builder.js'
import { TABLE_COLUMNS } from './columns.js'
import { createIndexSql, createMetaTableSql, createTableSql } from './ddl.js'
import { INDEXES, SMALL_TABLE_IDS } from './indexes.js'
import { LATE_TABLES, SAMPLE_TABLES, type SampleTable } from './tables.js'

/** Version of the schema that this package writes, kept in `traceml_meta` and `user_version`. */
export const STORAGE_SCHEMA_VERSION = 1

/** Names of the columns of a table, in order; empty when the table is missing. */
export function columnNames(handle: SqliteHandle, table: string): readonly string[] {
  const rows = handle.pragma(`table_info("${table}")`) as readonly { readonly name: string }[]
  return rows.map(({ name }) => name)
}

/**
 * Creates what is missing: tables, the indexes that are kept while rows arrive, and the columns
 * that older files lack. Existing columns and tables, known or not, are left alone.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_SCHEMA when an existing table lacks a column that may not
 * be null, so that it cannot be a history table.
 */
export function migrate(handle: SqliteHandle): void {
  // One transaction: statement by statement it would fill a small disk with versions of pages.
  const transaction = prepareTransaction(handle, 'immediate')
  transaction.begin()
  try {
    createMissing(handle)
    transaction.commit()
  } catch (error) {
    transaction.rollback()
    throw error
  }
}

function createMissing(handle: SqliteHandle): void {
  for (const table of SAMPLE_TABLES) {
    if (LATE_TABLES.includes(table) && columnNames(handle, table).length === 0) continue
    handle.prepare(createTableSql(table)).run()
    addMissingColumns(handle, table)
  }
  handle.prepare(createMetaTableSql()).run()
  for (const index of INDEXES) {
    if (index.built === 'start') handle.prepare(createIndexSql(index)).run()
  }
  handle.pragma(`user_version = ${STORAGE_SCHEMA_VERSION}`)
}

/** Builds the indexes that a running job does without. */
export function createRemainingIndexes(handle: SqliteHandle): void {
  for (const index of INDEXES) {
    if (index.built === 'small' && idSpan(handle, index.table) > SMALL_TABLE_IDS) continue
    handle.prepare(createIndexSql(index)).run()
  }
}

/** At least as many as the table has rows; found without looking at them. */
function idSpan(handle: SqliteHandle, table: SampleTable): number {
  // Apart, each is one look at an end of the table; together they would pass over all of it.
  const rows = builder.selectFrom(table)
  const ends = [
    rows.select(({ fn }) => fn.min('id').as('id')).compile(),
    rows.select(({ fn }) => fn.max('id').as('id')).compile(),
  ].map(({ sql }) => (handle.prepare(sql).raw().get() as readonly [number | null])[0] ?? 0)
  return (ends[1] ?? 0) - (ends[0] ?? 0) + 1
}

function addMissingColumns(handle: SqliteHandle, table: SampleTable): void {
  const present = new Set(columnNames(handle, table))
  for (const { name, type, notNull } of TABLE_COLUMNS[table]) {
    if (present.has(name)) continue
    if (notNull) {
      throw new StorageError(
        'TRACEML_STORAGE_SCHEMA',
        `The table ${table} of this database has no column ${name}, so it is no history of traceml; give another path.`,
        { details: { table, column: name } },
      )
    }
    handle.prepare(builder.schema.alterTable(table).addColumn(name, type).compile().sql).run()
  }
}
