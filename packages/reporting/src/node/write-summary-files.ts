import { join } from 'node:path'
import type { FinalSummary } from '@traceml/contracts'
import { errorMessage, TraceMLError } from '@traceml/contracts'
import { summaryJson } from '../summary-json.js'
import { writeTextAtomically } from './atomic-write.js'

/** Where the files of a summary are. */
export interface SummaryFiles {
  readonly json: string
  readonly text: string
  /** Only where it was asked for. */
  readonly html: string
  /** Copies under the names that older readers look for. */
  readonly legacyJson: string
  readonly legacyText: string
}

/** Paths of the summary files of a session; none of them needs to exist. */
export function summaryFilePaths(sessionDirectory: string): SummaryFiles {
  return {
    json: join(sessionDirectory, 'final_summary.json'),
    text: join(sessionDirectory, 'final_summary.txt'),
    html: join(sessionDirectory, 'final_summary.html'),
    legacyJson: join(sessionDirectory, 'aggregator', 'telemetry_summary_card.json'),
    legacyText: join(sessionDirectory, 'aggregator', 'telemetry_summary_card.txt'),
  }
}

/**
 * Writes a summary into its session directory, as JSON and as text, each file atomically; existing
 * files are replaced.
 *
 * @throws {TraceMLError} `TRACEML_SUMMARY_UNAVAILABLE` when a file cannot be written.
 */
export async function writeSummaryFiles(
  summary: FinalSummary,
  sessionDirectory: string,
): Promise<SummaryFiles> {
  const paths = summaryFilePaths(sessionDirectory)
  const json = summaryJson(summary)
  const text = `${summary.text}\n`
  const files: readonly (readonly [string, string])[] = [
    [paths.legacyJson, json],
    [paths.legacyText, text],
    [paths.json, json],
    [paths.text, text],
  ]
  for (const [path, content] of files) {
    try {
      await writeTextAtomically(path, content)
    } catch (error) {
      throw new TraceMLError(
        'TRACEML_SUMMARY_UNAVAILABLE',
        `The summary could not be written to ${path} (${errorMessage(error)}); check that the directory is writable and not full.`,
        { cause: error, details: { path } },
      )
    }
  }
  return paths
}
