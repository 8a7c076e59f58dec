import type { SqliteHandle } from '../handle.js'
import { columnNames } from '../schema/migrate.js'
import { LATE_TABLES, SAMPLE_TABLES } from '../schema/tables.js'

/** Tables of telemetry that a file does not have; every writer makes those that every run has. */
export function missingTables(handle: SqliteHandle): readonly string[] {
  return SAMPLE_TABLES.filter(
    (table) => !LATE_TABLES.includes(table) && columnNames(handle, table).length === 0,
  )
}
