import { SchemaError } from '@traceml/contracts'
import { readSummaryFile } from '@traceml/reporting/node'
import { forTerminal } from '../output/print-report.js'
import { writeStdout } from '../output/streams.js'

/** A `view` as it was typed. */
export interface ViewRequest {
  /** A session folder or a summary file. */
  readonly path: string
}

/**
 * Prints the text of a summary on stdout. Returns 0.
 *
 * @throws {SchemaError} TRACEML_SCHEMA_INVALID for a file that is missing or has no text.
 */
export async function view(request: ViewRequest): Promise<number> {
  const { path, summary } = await readSummaryFile(request.path)
  const text = [summary['text'], summary['card']].find(
    (candidate) => typeof candidate === 'string' && candidate.trim() !== '',
  )
  if (typeof text !== 'string') {
    throw new SchemaError(
      'TRACEML_SCHEMA_INVALID',
      `"${path}" has no text to print; name the final_summary.json of a run.`,
    )
  }
  await writeStdout(`${forTerminal(text.trimEnd(), process.stdout)}\n`)
  return 0
}
