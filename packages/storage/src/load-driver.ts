import { createRequire } from 'node:module'
import { MissingPackageError } from '@traceml/contracts'
import type Database from 'better-sqlite3'

let driver: typeof Database | null = null

/**
 * The SQLite driver, loaded when it is first asked for. It is CommonJS, and is required as such:
 * importing it takes twice as long, which every start of an aggregator would pay.
 *
 * @throws {MissingPackageError} TRACEML_MISSING_PACKAGE when it is not installed.
 */
export function loadDriver(): typeof Database {
  if (driver !== null) return driver
  try {
    driver = createRequire(import.meta.url)('better-sqlite3') as typeof Database
    return driver
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error
    throw new MissingPackageError(
      'TRACEML_MISSING_PACKAGE',
      'The package "better-sqlite3" is not installed; add it with npm install better-sqlite3.',
      { cause: error },
    )
  }
}
