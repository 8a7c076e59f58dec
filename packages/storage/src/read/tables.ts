import type { SqliteHandle } from '../handle.js'
import { columnNames } from '../schema/migrate.js'
import { SAMPLE_TABLES } from '../schema/tables.js'

/** Tables of telemetry that a file does not have; every writer makes all of those it knows. */
export function missingTables(handle: SqliteHandle): readonly string[] {
  return SAMPLE_TABLES.filter((table) => columnNames(handle, table).length === 0)
}
