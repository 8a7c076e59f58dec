import type { CustomSampleRow, JsonObject } from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { isMap } from '../internal/values.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { parseLenientJson } from '../step-events/lenient-json.js'

/** Which rows of a sampler to read. */
export interface CustomQuery {
  readonly sampler: string
  readonly table?: string
  /** The newest rows only. */
  readonly limit?: number
}

/** Rows of a sampler without a table of its own, oldest first; unreadable ones are left out. */
export function readCustom(handle: SqliteHandle, query: CustomQuery): readonly CustomSampleRow[] {
  if (columnNames(handle, 'custom_samples').length === 0) return []
  let select = builder
    .selectFrom('custom_samples')
    .select([
      'id',
      'global_rank',
      'node_rank',
      'hostname',
      'sampler',
      'table_name',
      'sample_ts_s',
      'row_json',
    ])
    .where('sampler', '=', query.sampler)
    .orderBy('id', 'desc')
  if (query.table !== undefined) select = select.where('table_name', '=', query.table)
  if (query.limit !== undefined) select = select.limit(Math.max(0, Math.trunc(query.limit)))
  const compiled = select.compile()
  const rows: CustomSampleRow[] = []
  for (const found of handle.prepare(compiled.sql).all(...compiled.parameters)) {
    const { row_json, ...columns } = found as Omit<CustomSampleRow, 'row'> & {
      readonly row_json: string
    }
    const row = parseLenientJson(row_json)
    if (isMap(row)) rows.push({ ...columns, row: row as JsonObject })
  }
  return rows.reverse()
}
