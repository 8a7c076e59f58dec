import { extname, join, parse, resolve } from 'node:path'
import { InputError } from '@traceml/contracts'
import { readSummaryFile } from '@traceml/reporting/node'
import { jsonText } from '../output/json-text.js'
import { writeStdout } from '../output/streams.js'
import { printWarning, viewText } from './view-text.js'

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
  if (request.html === null && !request.json) return viewText(request.path)
  const { path, summary, warning } = await readSummaryFile(request.path)
  await printWarning(warning)
  if (request.html === null) {
    await writeStdout(`${jsonText(summary, 2)}\n`)
    return 0
  }
  const { writePage } = await import('./view-page.js')
  await writeStdout(`${await writePage(summary, path, pagePath(request.html, path))}\n`)
  return 0
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
