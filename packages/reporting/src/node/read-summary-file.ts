import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ComparableSummary } from '@traceml/contracts'
import { errorMessage, SchemaError } from '@traceml/contracts'
import { parseTolerantJson } from '../parse-json.js'
import { summaryFilePaths } from './write-summary-files.js'

/** A summary as it was found on disk. */
export interface SummaryFile {
  /** Absolute path of the JSON file. */
  readonly path: string
  /** The parsed object: any schema version, unknown keys kept, not checked further. */
  readonly summary: ComparableSummary
}

function failure(
  path: string,
  problem: string,
  advice: string,
  reason: string,
  cause?: unknown,
): SchemaError {
  return new SchemaError('TRACEML_SCHEMA_INVALID', `${path} ${problem}; ${advice}.`, {
    ...(cause === undefined ? {} : { cause }),
    details: { path, reason },
  })
}

async function locate(path: string): Promise<string> {
  const expanded = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
  const absolute = resolve(expanded)
  const found = await stat(absolute).catch((error: unknown) => {
    throw failure(
      absolute,
      'does not exist',
      'give the final_summary.json of a finished run, or its session directory',
      'not_found',
      error,
    )
  })
  if (!found.isDirectory()) return absolute
  const { json } = summaryFilePaths(absolute)
  const inside = await stat(json).catch((error: unknown) => {
    throw failure(
      absolute,
      'is a directory without a final_summary.json',
      'wait until the run has ended, or give another session directory',
      'not_found',
      error,
    )
  })
  if (inside.isFile()) return json
  throw failure(json, 'is not a file', 'give the final_summary.json of a run', 'not_file')
}

/**
 * Reads the summary of a run.
 *
 * @param path - A JSON file or a session directory; `~` is the home directory.
 * @throws {SchemaError} `TRACEML_SCHEMA_INVALID`, naming the path; `details.reason` is
 * `not_found`, `not_file`, `unreadable`, `not_json` or `not_object`.
 */
export async function readSummaryFile(path: string): Promise<SummaryFile> {
  const file = await locate(path)
  const bytes = await readFile(file).catch((error: unknown) => {
    throw failure(
      file,
      `could not be read (${errorMessage(error)})`,
      'check that it is a regular file and its permissions',
      'unreadable',
      error,
    )
  })
  let value: unknown
  try {
    value = parseTolerantJson(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    )
  } catch (error) {
    throw failure(
      file,
      `is not valid JSON (${errorMessage(error)})`,
      'give the final_summary.json that the end of a run writes',
      'not_json',
      error,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw failure(
      file,
      'does not hold a JSON object',
      'give the final_summary.json that the end of a run writes',
      'not_object',
    )
  }
  return { path: file, summary: value as ComparableSummary }
}
