import { SchemaError } from '@traceml/contracts'
import { readSummaryFile } from '@traceml/reporting/node'
import { oneLine } from '../output/failure.js'
import { forTerminal } from '../output/for-terminal.js'
import { runHandler } from '../output/run-handler.js'
import { writeStderr, writeStdout } from '../output/streams.js'

/**
 * Prints the text of a summary on stdout. Returns 0.
 *
 * @param source - A session folder or a summary file.
 * @throws {SchemaError} TRACEML_SCHEMA_INVALID for a file that is missing or has no text.
 */
export async function viewText(source: string): Promise<number> {
  const { path, summary, warning } = await readSummaryFile(source)
  const text = textOf(summary, path)
  await printWarning(warning)
  await writeStdout(`${forTerminal(text, process.stdout)}\n`)
  return 0
}

/** The whole of `traceml view <source>`: the exit code, with failures told. */
export function quickView(source: string): Promise<number> {
  return runHandler(() => viewText(source))
}

/** What the reader of a summary should know, on stderr. */
export async function printWarning(warning: string | null): Promise<void> {
  if (warning !== null) await writeStderr(`traceml: ${oneLine(warning)}\n`)
}

function textOf(summary: Readonly<Record<string, unknown>>, path: string): string {
  const text = [summary['text'], summary['card']].find(
    (candidate) => typeof candidate === 'string' && candidate.trim() !== '',
  )
  if (typeof text === 'string') return text.trimEnd()
  throw new SchemaError(
    'TRACEML_SCHEMA_INVALID',
    `"${path}" has no text to print; name the final_summary.json of a run.`,
  )
}
