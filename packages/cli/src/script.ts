import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '@traceml/contracts'

/** A training script that can be started. */
export interface Script {
  /** Absolute path. */
  readonly path: string
  /** True for TypeScript. */
  readonly isTypeScript: boolean
}

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx'])

/**
 * Finds the script that the user named.
 *
 * @throws {ConfigError} TRACEML_SCRIPT_NOT_FOUND when it is missing or not a file,
 * TRACEML_CONFIG_INVALID for a Python script.
 */
export function resolveScript(script: string, cwd: string): Script {
  const path = resolve(cwd, script)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) {
    throw notFound(`The script "${script}" does not exist; correct its path.`, path)
  }
  if (!stats.isFile()) {
    throw notFound(`"${script}" is not a file; name the script that starts the training.`, path)
  }
  const extension = extname(path).toLowerCase()
  if (extension === '.py') {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `"${script}" is a Python script, and this version starts JavaScript and TypeScript only; start "traceml serve" and run the script with Python and a traceml-ai client, see traceml serve --help.`,
    )
  }
  return { path, isTypeScript: TYPESCRIPT.has(extension) }
}

/**
 * URL of the loader that runs TypeScript: the copy that the script's own project has, else ours.
 */
export function resolveTypeScriptLoader(scriptPath: string): string {
  try {
    return pathToFileURL(createRequire(scriptPath).resolve('tsx')).href
  } catch {
    return import.meta.resolve('tsx')
  }
}

function notFound(message: string, path: string): ConfigError {
  return new ConfigError('TRACEML_SCRIPT_NOT_FOUND', message, { details: { path } })
}
