import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { ConfigError } from '@traceml/contracts'
import { findPython } from '../python/find-python.js'
import { findOnPath, isExecutable } from './find-on-path.js'

/** What a run starts. Paths are absolute. */
export type Target =
  | { readonly kind: 'node'; readonly path: string; readonly isTypeScript: boolean }
  | {
      readonly kind: 'python'
      readonly interpreter: string
      /** Null for a module, as `python -m` runs it. */
      readonly path: string | null
      readonly module: string | null
    }
  /** Any other program. */
  | { readonly kind: 'command'; readonly path: string }

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx'])
const JAVASCRIPT = new Set(['.js', '.mjs', '.cjs', '.jsx'])

/** What the user typed. */
export interface TargetRequest {
  readonly name: string
  /** `-m`: the name is that of a Python module. */
  readonly isModule: boolean
  /** `--python`, or null. */
  readonly python: string | null
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Finds what the user named: a script, by its extension, with the interpreter that runs it; else a
 * program, by its path or on `PATH`.
 *
 * @throws {ConfigError} TRACEML_SCRIPT_NOT_FOUND when there is no such thing, TRACEML_CONFIG_INVALID
 * when there is no Python for a Python script.
 */
export function resolveTarget(request: TargetRequest): Target {
  const { name, cwd } = request
  if (request.isModule) {
    return { kind: 'python', interpreter: findPython(request), path: null, module: name }
  }
  const path = resolve(cwd, name)
  const extension = extname(path).toLowerCase()
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return findProgram(request, path, extension)
  if (!stats.isFile()) {
    const program = isPlainName(name) ? findOnPath([name], request.environment['PATH']) : null
    if (program !== null) return { kind: 'command', path: program }
    throw notFound(`"${name}" is not a file; name the script that starts the training.`, path)
  }
  if (extension === '.py') {
    return { kind: 'python', interpreter: findPython(request), path, module: null }
  }
  const isScript = TYPESCRIPT.has(extension) || JAVASCRIPT.has(extension)
  if (!isScript && isExecutable(path)) return { kind: 'command', path }
  return { kind: 'node', path, isTypeScript: TYPESCRIPT.has(extension) }
}

function findProgram(
  { name, environment }: TargetRequest,
  path: string,
  extension: string,
): Target {
  const isScript = extension === '.py' || TYPESCRIPT.has(extension) || JAVASCRIPT.has(extension)
  if (!isScript && isPlainName(name)) {
    const program = findOnPath([name], environment['PATH'])
    if (program !== null) return { kind: 'command', path: program }
    throw notFound(`"${name}" is neither a file nor a program on PATH; correct its name.`, path)
  }
  throw notFound(`The script "${name}" does not exist; correct its path.`, path)
}

function isPlainName(name: string): boolean {
  return !/[\\/]/.test(name)
}

function notFound(message: string, path: string): ConfigError {
  return new ConfigError('TRACEML_SCRIPT_NOT_FOUND', message, { details: { path } })
}
