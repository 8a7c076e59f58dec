import { existsSync } from 'node:fs'
import { errorMessage, StorageError, type Store, TraceMLError } from '@traceml/contracts'
import type Database from 'better-sqlite3'
import type { SqliteHandle } from './handle.js'
import { loadDriver } from './load-driver.js'
import { createStore } from './store.js'

/** How to open a history for reading. */
export interface OpenStoreOptions {
  /** Only true: readers never write. */
  readonly readonly?: true
}

/** Milliseconds that a statement waits for another connection's lock. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens a history for reading: a file by its path, or a connection of the caller, which the caller
 * closes. A file that is being written may be read at the same time.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_OPEN when the path is missing or no database; no file is
 * ever made.
 */
export function openStore(source: string | SqliteHandle, _options: OpenStoreOptions = {}): Store {
  if (typeof source !== 'string') return createStore(source, { ownsHandle: false })
  if (!existsSync(source)) {
    throw new StorageError(
      'TRACEML_STORAGE_OPEN',
      `There is no history at ${source}; give the path of a run's telemetry file.`,
      { details: { path: source } },
    )
  }
  let database: Database.Database | null = null
  try {
    database = new (loadDriver())(source, {
      readonly: true,
      fileMustExist: true,
      timeout: BUSY_TIMEOUT_MS,
    })
    database.pragma('cache_size = -16384')
    // The first look at the file itself: tells a database from anything else.
    database.pragma('schema_version')
    return createStore(database)
  } catch (error) {
    database?.close()
    if (TraceMLError.isInstance(error)) throw error
    throw new StorageError(
      'TRACEML_STORAGE_OPEN',
      `The history ${source} cannot be opened (${errorMessage(error)}); give the path of a run's telemetry file.`,
      { cause: error, details: { path: source } },
    )
  }
}
