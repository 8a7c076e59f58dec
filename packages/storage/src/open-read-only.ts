import { existsSync } from 'node:fs'
import { StorageError, TraceMLError } from '@traceml/contracts'
import type Database from 'better-sqlite3'
import { loadDriver } from './load-driver.js'
import { unreadable } from './unreadable.js'

/** Milliseconds that a statement waits for another connection's lock. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens the file of a history for reading; it may be written by others at the same time.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_OPEN when the path is missing or no database; no file is
 * ever made.
 */
export function openReadOnly(path: string): Database.Database {
  if (!existsSync(path)) {
    throw new StorageError(
      'TRACEML_STORAGE_OPEN',
      `There is no history at ${path}; give the path of a run's telemetry file.`,
      { details: { path } },
    )
  }
  let database: Database.Database | null = null
  try {
    database = new (loadDriver())(path, {
      readonly: true,
      fileMustExist: true,
      timeout: BUSY_TIMEOUT_MS,
    })
    database.pragma('cache_size = -16384')
    // The first look at the file itself: tells a database from anything else.
    database.pragma('schema_version')
    return database
  } catch (error) {
    database?.close()
    if (TraceMLError.isInstance(error)) throw error
    throw unreadable(path, error)
  }
}
