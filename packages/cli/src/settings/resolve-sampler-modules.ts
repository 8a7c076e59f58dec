import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '@traceml/contracts'
import type { LoadedConfig } from '../config/load-config.js'

/**
 * URLs of the sampler modules: those of the configuration file first, then those of the flags.
 * A path is relative to whoever named it; any other name is a package, found from there.
 *
 * @throws {ConfigError} TRACEML_CONFIG_INVALID for a module that cannot be found.
 */
export function resolveSamplerModules(
  flags: readonly string[],
  loaded: LoadedConfig,
  cwd: string,
): readonly string[] {
  const configFolder = loaded.path === null ? cwd : dirname(loaded.path)
  const urls = [
    ...(loaded.config.samplers ?? []).map((name) => resolveModule(name, configFolder)),
    ...flags.map((name) => resolveModule(name, cwd)),
  ]
  return [...new Set(urls)]
}

function resolveModule(name: string, folder: string): string {
  // `--sampler disk.js` means the file if it is there: that is what a shell completes.
  const path = resolve(folder, name)
  if (name.startsWith('.') || isAbsolute(name) || existsSync(path)) {
    if (existsSync(path)) return pathToFileURL(path).href
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The sampler module "${path}" does not exist; correct --sampler or the configuration file.`,
    )
  }
  try {
    return pathToFileURL(createRequire(join(folder, 'noop.js')).resolve(name)).href
  } catch (error) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The sampler package "${name}" is not installed in "${folder}"; install it or give the path of a file.`,
      { cause: error },
    )
  }
}
