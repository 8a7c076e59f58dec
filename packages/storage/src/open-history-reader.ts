import type { SqliteHandle } from './handle.js'
import { openReadOnly } from './open-read-only.js'
import type { HistoryRowTypes } from './read/history-rows.js'
import { iterateRows } from './read/history-rows.js'
import type { HistoryStep } from './read/history-steps.js'
import { iterateSteps } from './read/history-steps.js'

/** Walks through a whole history, whatever its size. Who opens it closes it. */
export interface HistoryReader extends Disposable {
  /** See {@link HistoryStep}. One walk at a time. */
  steps(): Iterable<HistoryStep>
  /** Rows in the order in which they were stored. */
  rows<Table extends keyof HistoryRowTypes>(table: Table): Iterable<HistoryRowTypes[Table]>
  close(): void
}

/**
 * Opens the file of a history to walk through it; it may be written by others at the same time.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_OPEN when the path is missing or no database; no file is
 * ever made.
 */
export function openHistoryReader(path: string): HistoryReader {
  const database = openReadOnly(path)
  const handle: SqliteHandle = database
  const close = (): void => {
    database.close()
  }
  return {
    steps: () => iterateSteps(handle),
    rows: (table) => iterateRows(handle, table),
    close,
    [Symbol.dispose]: close,
  }
}
