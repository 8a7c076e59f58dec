import { type StepTimeRequest, StorageError } from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { columnNames } from '../schema/migrate.js'

const NEEDED = ['events_json', 'global_rank', 'id', 'step'] as const

/** Columns of the Step Time table; null when there is no such table. */
export type StepTable = ReadonlySet<string> | null

/**
 * Looks at the Step Time table of a file.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_SCHEMA when the table exists but lacks needed columns.
 */
export function inspectStepTable(handle: SqliteHandle): StepTable {
  const columns = new Set(columnNames(handle, 'step_time_samples'))
  if (columns.size === 0) return null
  const missing = NEEDED.filter((column) => !columns.has(column))
  if (missing.length > 0) {
    throw new StorageError(
      'TRACEML_STORAGE_SCHEMA',
      `The table step_time_samples of this history lacks the columns ${missing.join(', ')}; use a file of a newer version.`,
      { details: { table: 'step_time_samples', columns: missing } },
    )
  }
  return columns
}

/** Distinct steps that a request looks at per rank. */
export function depthOf(request: StepTimeRequest): number {
  const window = Math.max(1, Math.trunc(request.windowSize))
  return window * Math.max(1, Math.trunc(request.lookbackFactor ?? 1))
}

/** The ranks that a request is limited to, without repeats; null for all. */
export function filterOf(request: StepTimeRequest): readonly number[] | null {
  return request.rankFilter == null ? null : [...new Set(request.rankFilter)]
}
