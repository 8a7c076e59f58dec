import { type CompiledQuery, sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import type { SampleTable } from '../schema/tables.js'

/** Which rows to read: the newest of every partition. */
export interface NewestRowsRequest {
  readonly table: SampleTable
  /** Columns to read; those that the table lacks read as null. `id` comes first. */
  readonly columns: readonly string[]
  /** The partition of a row is the first of these columns that is not null, else 0. */
  readonly partition: readonly string[]
  /** Rows without this column are left out. */
  readonly required?: string
  readonly limit: number
}

/** A row by column name. */
export type AnyRow = Readonly<Record<string, unknown>>

/** The newest rows of every partition, ordered by partition, then id. Empty without the table. */
export function readNewestRows(
  handle: SqliteHandle,
  request: NewestRowsRequest,
): readonly AnyRow[] {
  const present = new Set(columnNames(handle, request.table))
  if (present.size === 0 || !present.has('id')) return []
  if (request.required !== undefined && !present.has(request.required)) return []
  const query = newestQuery(request, present)
  return handle.prepare(query.sql).all(...query.parameters) as readonly AnyRow[]
}

function newestQuery(
  request: NewestRowsRequest,
  present: ReadonlySet<string>,
): CompiledQuery<unknown> {
  const keys = request.partition.filter((column) => present.has(column)).map((key) => sql.ref(key))
  const partition = sql`coalesce(${sql.join([...keys, sql`0`, sql`0`])})`
  const columns = request.columns.map((column) =>
    present.has(column) ? sql.ref(column) : sql`null as ${sql.ref(column)}`,
  )
  const where =
    request.required === undefined ? sql`` : sql`where ${sql.ref(request.required)} is not null`
  const newest = sql`select *, ${partition} as traceml_partition,
      row_number() over (partition by ${partition} order by id desc) as traceml_position
    from ${sql.table(request.table)} ${where}`
  return sql`select ${sql.join(columns)} from (${newest})
    where traceml_position <= ${Math.max(1, Math.trunc(request.limit))}
    order by traceml_partition, id`.compile(builder)
}
