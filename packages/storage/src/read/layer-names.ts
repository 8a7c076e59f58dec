import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'

/** Returns rows of `layer_samples` with their names in `layers_json`, and without `layers_id`. */
export function createNameFiller(
  handle: SqliteHandle,
): <Row extends Readonly<Record<string, unknown>>>(row: Row) => Row {
  let lists = new Map<unknown, string>()
  return (row) => {
    const { layers_id: id, ...columns } = row
    // A file that is being written gets further lists.
    if (id !== null && id !== undefined && !lists.has(id)) lists = readLists(handle)
    const names = lists.get(id) ?? columns['layers_json'] ?? null
    return { ...columns, layers_json: names } as unknown as typeof row
  }
}

function readLists(handle: SqliteHandle): Map<unknown, string> {
  if (columnNames(handle, 'layer_lists').length === 0) return new Map()
  const query = builder.selectFrom('layer_lists').select(['id', 'layers_json']).compile()
  return new Map(handle.prepare(query.sql).raw().all() as [number, string][])
}
