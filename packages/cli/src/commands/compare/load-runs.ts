import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { missingHistories, parseComparable, type RunInput } from '@traceml/compare'
import { type ComparableSummary, errorMessage, plainLine, SchemaError } from '@traceml/contracts'
import { readSummaryFile } from '@traceml/reporting/node'

/** The first schema that this version knows nothing of. */
const UNKNOWN_SCHEMA = 2

/** A run as it was found on disk. */
export interface LoadedRun extends RunInput {
  readonly path: string
  /** What the reader must know of its history, one sentence each. */
  readonly notes: readonly string[]
}

function checkVersion(summary: ComparableSummary, path: string): void {
  const version = Number(summary['schema_version'])
  if (!(version >= UNKNOWN_SCHEMA)) return
  throw new SchemaError(
    'TRACEML_SCHEMA_INVALID',
    `${path} has schema version ${version}, and this version of traceml reads those below ${UNKNOWN_SCHEMA}; update traceml.`,
    { details: { path, reason: 'newer_schema' } },
  )
}

/**
 * Reads the summaries of all runs, checks each before the next one is read, and the step histories
 * of those that need one beyond what their summary carries.
 *
 * @throws {SchemaError} TRACEML_SCHEMA_INVALID for a file that is missing, no summary or too new.
 */
export async function loadRuns(paths: readonly string[]): Promise<readonly LoadedRun[]> {
  const runs: LoadedRun[] = []
  for (const path of paths) {
    const file = await readSummaryFile(path)
    checkVersion(file.summary, file.path)
    runs.push({ path: file.path, summary: parseComparable(file.summary, file.path), notes: [] })
  }
  const [baseline, ...others] = runs
  if (baseline === undefined) return runs
  const missing = others.map((run) => missingHistories(baseline, run))
  const needed = [missing.some(({ lhs }) => lhs), ...missing.map(({ rhs }) => rhs)]
  const loaded: LoadedRun[] = []
  for (const [index, run] of runs.entries()) {
    loaded.push(needed[index] === true ? await withHistory(run) : run)
  }
  return loaded
}

/** The history database of the session that a summary lies in. */
function databaseOf(summaryPath: string): string {
  return join(dirname(summaryPath), 'aggregator', 'telemetry')
}

async function withHistory(run: LoadedRun): Promise<LoadedRun> {
  const database = databaseOf(run.path)
  if (!existsSync(database)) return run
  try {
    // SQLite is loaded only for runs whose summary does not carry its steps.
    const { readStepHistory } = await import('./step-history.js')
    const history = await readStepHistory(database)
    if (history === null) {
      return { ...run, notes: [`The history ${database} holds no steps.`] }
    }
    return { ...run, history }
  } catch (error) {
    const reason = plainLine(errorMessage(error), 300)
    return { ...run, notes: [`A step history could not be read: ${reason.replace(/\.?$/, '.')}`] }
  }
}
