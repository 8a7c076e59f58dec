import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError } from '@traceml/contracts'
import { findOnPath, isExecutable } from '../target/find-on-path.js'

/** Where a Python is looked for. */
export interface PythonRequest {
  /** `--python`: a program on `PATH`, a path, or the folder of an environment; null: not given. */
  readonly python: string | null
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Absolute path of the interpreter: the one that was named, else that of the active virtual
 * environment, else the first `python3` or `python` on `PATH`.
 *
 * @throws {ConfigError} TRACEML_CONFIG_INVALID when there is none.
 */
export function findPython(request: PythonRequest): string {
  const { python, environment } = request
  const searchPath = environment['PATH']
  if (python !== null) return namedPython(python, request)
  const active = environment['VIRTUAL_ENV']
  if (active !== undefined && active !== '') {
    const program = programOf(active)
    if (program !== null) return program
  }
  const found = findOnPath(['python3', 'python'], searchPath)
  if (found !== null) return found
  throw invalid(
    'There is no python3 or python on PATH; install Python, activate its environment, or name the interpreter with --python.',
  )
}

function namedPython(python: string, { cwd, environment }: PythonRequest): string {
  const path = resolve(cwd, python)
  if (isExecutable(path)) return path
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    const program = programOf(path)
    if (program !== null) return program
    throw invalid(`--python is "${python}", a folder without bin/python; name an interpreter.`)
  }
  const found = /[\\/]/.test(python) ? null : findOnPath([python], environment['PATH'])
  if (found !== null) return found
  const why = existsSync(path) ? 'is not executable' : 'does not exist'
  throw invalid(`--python is "${python}", which ${why}; give it the path of an interpreter.`)
}

/** The interpreter of a virtual environment, or null. */
function programOf(folder: string): string | null {
  const names =
    process.platform === 'win32' ? ['Scripts/python.exe'] : ['bin/python', 'bin/python3']
  return names.map((name) => join(folder, name)).find(isExecutable) ?? null
}

function invalid(message: string): ConfigError {
  return new ConfigError('TRACEML_CONFIG_INVALID', message)
}
