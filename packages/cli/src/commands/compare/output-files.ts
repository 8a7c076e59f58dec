import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ConfigError } from '@traceml/contracts'
import { writeFileAtomically } from '../../session/atomic-write.js'

/** The two files of a comparison. */
export interface OutputFiles {
  readonly json: string
  readonly text: string
}

/** What is known of a file that stands where a comparison is to be written. */
type Found = 'nothing' | 'this comparison' | 'another comparison' | 'something else'

/** How many names are tried before giving up. */
const MAX_NAMES = 1000

/** The suffix is appended: a base keeps everything that looks like one. */
function filesOf(base: string): OutputFiles {
  return { json: `${base}.json`, text: `${base}.txt` }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The runs that a written comparison is about; null for a file that is none. */
function comparedPaths(path: string): readonly unknown[] | null {
  try {
    const document = asObject(JSON.parse(readFileSync(path, 'utf8')))
    if (Array.isArray(document['comparisons'])) {
      const others = document['comparisons'].map((item) => asObject(asObject(item)['rhs'])['path'])
      return [asObject(document['baseline'])['path'], ...others]
    }
    if (!('verdict' in document && 'sections' in document)) return null
    return [asObject(document['lhs'])['path'], asObject(document['rhs'])['path']]
  } catch {
    return null
  }
}

function inspect({ json, text }: OutputFiles, paths: readonly string[]): Found {
  if (!existsSync(json)) {
    return !existsSync(text) || isReport(text) ? 'nothing' : 'something else'
  }
  const found = comparedPaths(json)
  if (found === null || (existsSync(text) && !isReport(text))) return 'something else'
  return JSON.stringify(found) === JSON.stringify(paths) ? 'this comparison' : 'another comparison'
}

function isReport(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').slice(0, 400).includes('TraceML Compare')
  } catch {
    return false
  }
}

/**
 * Where a comparison is to be written. A base that was named is used as it is, except over files that
 * are no comparison; the default one is numbered where another comparison has its name.
 *
 * @param output - As typed; a final `.json` or `.txt` is no part of it; blank counts as null.
 * @throws {ConfigError} TRACEML_CONFIG_INVALID when something else would be overwritten.
 */
export function chooseFiles(
  output: string | null,
  options: { readonly cwd: string; readonly name: string; readonly paths: readonly string[] },
): OutputFiles {
  const typed = output?.trim() ?? ''
  if (typed !== '') {
    const path = resolve(options.cwd, typed)
    const files = filesOf(join(dirname(path), basename(path).replace(/\.(json|txt)$/i, '')))
    if (inspect(files, options.paths) !== 'something else') return files
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `${files.json} or its .txt exists and is no comparison, so it is not overwritten; give --output another name.`,
      { details: { path: files.json } },
    )
  }
  for (let count = 1; count <= MAX_NAMES; count += 1) {
    const name = count === 1 ? options.name : `${options.name}-${count}`
    const files = filesOf(join(options.cwd, 'compare', name))
    const found = inspect(files, options.paths)
    if (found === 'nothing' || found === 'this comparison') return files
  }
  throw new ConfigError(
    'TRACEML_CONFIG_INVALID',
    `The folder ${join(options.cwd, 'compare')} has ${MAX_NAMES} comparisons called ${options.name}; remove some, or give --output.`,
  )
}

/** Writes both files whole, or neither changes. */
export function writeFiles(files: OutputFiles, document: object, text: string): void {
  const options = { durable: false }
  writeFileAtomically(files.json, `${JSON.stringify(document, null, 2)}\n`, options)
  writeFileAtomically(files.text, `${text.trimEnd()}\n`, options)
}
