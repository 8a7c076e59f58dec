import { extname, join, parse, resolve } from 'node:path'
import { InputError, SchemaError } from '@traceml/contracts'
import { readSummaryFile } from '@traceml/reporting/node'
import { forTerminal } from '../output/for-terminal.js'
import { jsonText } from '../output/json-text.js'
import { writeStdout } from '../output/streams.js'

/** A `view` as it was typed. */
export interface ViewRequest {
  /** A session folder or a summary file. */
  readonly path: string
  /** Path of the page to write, `true` for beside the summary, null for none. */
  readonly html: string | true | null
  /** Print the document instead of its text. */
  readonly json: boolean
}

/**
 * Prints the text of a summary on stdout, or its JSON, or writes it as a page and prints the path of
 * that. Returns 0.
 *
 * @throws {SchemaError} TRACEML_SCHEMA_INVALID for a file that is missing or has no text.
 * @throws {InputError} TRACEML_INPUT_INVALID for a page that cannot be written there.
 */
export async function view(request: ViewRequest): Promise<number> {
  const { path, summary } = await readSummaryFile(request.path)
  if (request.html !== null) {
    const { writePage } = await import('./view-page.js')
    await writeStdout(`${await writePage(summary, path, pagePath(request.html, path))}\n`)
    return 0
  }
  await writeStdout(
    request.json
      ? `${jsonText(summary, 2)}\n`
      : `${forTerminal(textOf(summary, path), process.stdout)}\n`,
  )
  return 0
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

/** Where the page goes: beside the summary under its name, unless a path was given. */
function pagePath(html: string | true, summaryPath: string): string {
  const { dir, name } = parse(summaryPath)
  const path = html === true ? join(dir, `${name}.html`) : resolve(html)
  if (path !== summaryPath && (html !== true || extname(summaryPath) !== '.html')) return path
  throw new InputError(
    'TRACEML_INPUT_INVALID',
    `The page would replace the summary "${summaryPath}"; give another path after --html.`,
  )
}
