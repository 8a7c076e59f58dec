import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ComparableSummary } from '@traceml/contracts'
import { errorMessage, SchemaError, SUMMARY_SCHEMA_VERSION } from '@traceml/contracts'
import { parseTolerantJson } from '../parse-json.js'
import { summaryFilePaths } from './write-summary-files.js'

/** A summary as it was found on disk. */
export interface SummaryFile {
  /** Absolute path of the JSON file. */
  readonly path: string
  /** The parsed object: any schema up to ours and newer minor ones, unknown keys kept. */
  readonly summary: ComparableSummary
  /** One sentence when the file is of a newer minor version, which may hold more; else null. */
  readonly warning: string | null
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
 * Summaries since schema 1.3 are read as they are; a newer minor version is read with a warning.
 *
 * @param path - A JSON file or a session directory; `~` is the home directory.
 * @throws {SchemaError} `TRACEML_SCHEMA_INVALID`, naming the path; `details.reason` is
 * `not_found`, `not_file`, `unreadable`, `not_json`, `not_object`, `not_summary` or `newer_schema`.
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
  const value = parse(file, bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw failure(file, 'does not hold a JSON object', ADVICE, 'not_object')
  }
  const summary = value as ComparableSummary
  if (!MARKS.some((key) => summary[key] != null)) {
    throw failure(file, 'is JSON, but no report of a run', ADVICE, 'not_summary')
  }
  return { path: file, summary, warning: checkVersion(file, summary['schema_version']) }
}

const ADVICE = 'give the final_summary.json that the end of a run writes'

/** Any of these makes an object a report, of whatever version. */
const MARKS = [
  'schema_version',
  'text',
  'card',
  'system',
  'process',
  'step_time',
  'step_memory',
] as const

function parse(file: string, bytes: Uint8Array): unknown {
  let text = ''
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return parseTolerantJson(text)
  } catch (error) {
    const content = text.trim()
    if (content.startsWith('{') && !content.endsWith('}')) {
      throw failure(
        file,
        'ends in the middle of its JSON',
        'copy it again, or give the file of another run',
        'not_json',
        error,
      )
    }
    const problem = content === '' && bytes.length === 0 ? 'it is empty' : errorMessage(error)
    throw failure(file, `is not valid JSON (${problem})`, ADVICE, 'not_json', error)
  }
}

/** Null for a version that is known; a version that is no number says nothing. */
function checkVersion(file: string, version: unknown): string | null {
  if (typeof version !== 'number' || version <= SUMMARY_SCHEMA_VERSION) return null
  if (Math.trunc(version) > Math.trunc(SUMMARY_SCHEMA_VERSION)) {
    throw failure(
      file,
      `has schema version ${version}, and this version reads up to ${SUMMARY_SCHEMA_VERSION}`,
      'update traceml to read it',
      'newer_schema',
    )
  }
  return `${file} has schema version ${version}, newer than ${SUMMARY_SCHEMA_VERSION}: what is new in it is left out.`
}
