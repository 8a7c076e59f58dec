import type { Store } from '@traceml/contracts'
import type { SqliteHandle } from './handle.js'
import { openReadOnly } from './open-read-only.js'
import { createStore, type HistoryMemory } from './store.js'

/** How to open a history for reading. */
export interface OpenStoreOptions {
  /** Only true: readers never write. */
  readonly readonly?: true
  /** What the writer of the file knows, when it is in this process. */
  readonly memory?: HistoryMemory
}

/**
 * Opens a history for reading: a file by its path, or a connection of the caller, which the caller
 * closes. A file that is being written may be read at the same time.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_OPEN when the path is missing or no database; no file is
 * ever made.
 */
export function openStore(source: string | SqliteHandle, options: OpenStoreOptions = {}): Store {
  return typeof source === 'string'
    ? createStore(openReadOnly(source), { ...options, name: source })
    : createStore(source, { ownsHandle: false })
}
