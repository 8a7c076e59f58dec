import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorMessage, StorageError, TraceMLError } from '@traceml/contracts'
import type Database from 'better-sqlite3'
import { loadDriver } from './load-driver.js'
import { createHistoryWriter } from './writer/history-writer.js'
import type { HistoryWriter, HistoryWriterOptions } from './writer/types.js'

/** How to open a history for writing. */
export interface OpenHistoryOptions extends HistoryWriterOptions {
  /** Path of the database file; its folder is made, and so is the file. */
  readonly path: string
}

/** Milliseconds that a statement waits for another connection's lock. */
const BUSY_TIMEOUT_MS = 5000
/**
 * Of new files. Twice SQLite's own choice: rows of steps fill a page with less waste, and a tenth to
 * a quarter of the cost of a burst is saved. Larger pages save more there, but make the small flushes
 * of a quiet run write more.
 */
const PAGE_BYTES = 8192

/**
 * Opens the history of a run for writing; an older file gets the columns that it lacks.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_OPEN when the file cannot be opened or is no database,
 * TRACEML_STORAGE_SCHEMA when it is a database of something else.
 */
export function openHistory(options: OpenHistoryOptions): HistoryWriter {
  const { path } = options
  let database: Database.Database | null = null
  try {
    mkdirSync(dirname(path), { recursive: true })
    database = new (loadDriver())(path, { timeout: BUSY_TIMEOUT_MS })
    database.pragma(`page_size = ${PAGE_BYTES}`)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    database.pragma('cache_size = -32768')
    return createHistoryWriter(database, path, options)
  } catch (error) {
    database?.close()
    if (TraceMLError.isInstance(error)) throw error
    throw new StorageError(
      'TRACEML_STORAGE_OPEN',
      `The history ${path} cannot be opened for writing (${errorMessage(error)}); give a path on a local disk that can be written.`,
      { cause: error, details: { path } },
    )
  }
}
