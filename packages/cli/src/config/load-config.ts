import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError, errorMessage } from '@traceml/contracts'
import { defaultExport, importModule } from '../import-module.js'
import { oneLine } from '../output/failure.js'
import { checkConfig } from './check-config.js'
import type { TraceMLConfig } from './define-config.js'
import { findConfigFile } from './find-config.js'

/** A configuration and the file that it came from. */
export interface LoadedConfig {
  /** Absolute path, or null when there is no file. */
  readonly path: string | null
  readonly config: TraceMLConfig
}

/**
 * Loads the configuration of a run: the file that was named, else the nearest one, else none.
 * TypeScript files are compiled in memory.
 *
 * @param named - Path given by the user, or null.
 * @throws {ConfigError} TRACEML_CONFIG_FILE for a file that is missing, fails or has a wrong shape.
 */
export async function loadConfig(named: string | null, cwd: string): Promise<LoadedConfig> {
  const path = named === null ? findConfigFile(cwd) : resolve(cwd, named)
  if (path === null) return { path: null, config: {} }
  if (!existsSync(path)) {
    throw new ConfigError(
      'TRACEML_CONFIG_FILE',
      `The configuration file "${path}" does not exist; correct --config.`,
    )
  }
  if (/\.ya?ml$/.test(path)) {
    const { loadYamlConfig } = await import('./load-yaml.js')
    return { path, config: await loadYamlConfig(path) }
  }
  const module = await importConfig(path)
  return { path, config: checkConfig(defaultExport(module), path) }
}

async function importConfig(path: string): Promise<unknown> {
  const url = pathToFileURL(path).href
  try {
    return await importModule(url)
  } catch (error) {
    throw new ConfigError(
      'TRACEML_CONFIG_FILE',
      `The configuration file "${path}" failed to load: ${oneLine(errorMessage(error))}; correct it or name another with --config.`,
      { cause: error },
    )
  }
}
