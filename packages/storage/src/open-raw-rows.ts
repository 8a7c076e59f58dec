import { openReadOnly } from './open-read-only.js'
import { createRawRows, type RawRows } from './read/raw-rows.js'

/**
 * Opens a history to read its rows as they are stored. The file may be written at the same time.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_OPEN when the path is missing or no database; no file is
 * ever made.
 */
export function openRawRows(path: string): RawRows {
  return createRawRows(openReadOnly(path), path)
}
