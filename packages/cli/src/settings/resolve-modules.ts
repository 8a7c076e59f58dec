import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '@traceml/contracts'

/** Who named which modules. */
export interface NamedModules {
  readonly flags: readonly string[] | undefined
  readonly configured: readonly string[] | undefined
  /** Absolute path of the configuration file, or null. */
  readonly configPath: string | null
  readonly cwd: string
}

/**
 * URLs of the modules of a kind of plug-in: those of the configuration file first, then those of
 * the flags. A path is relative to whoever named it; any other name is a package, found from there.
 *
 * @throws {ConfigError} TRACEML_CONFIG_INVALID for a module that cannot be found.
 */
export function resolveModules(
  kind: 'sampler' | 'gpu-reader' | 'section' | 'panel',
  { flags = [], configured = [], configPath, cwd }: NamedModules,
): readonly string[] {
  const configFolder = configPath === null ? cwd : dirname(configPath)
  const urls = [
    ...configured.map((name) => resolveModule(kind, name, configFolder)),
    ...flags.map((name) => resolveModule(kind, name, cwd)),
  ]
  return [...new Set(urls)]
}

function resolveModule(kind: string, name: string, folder: string): string {
  // `--sampler disk.js` means the file if it is there: that is what a shell completes.
  const path = resolve(folder, name)
  if (name.startsWith('.') || isAbsolute(name) || existsSync(path)) {
    if (existsSync(path)) return pathToFileURL(path).href
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The ${kind} module "${path}" does not exist; correct --${kind} or the configuration file.`,
    )
  }
  try {
    return pathToFileURL(createRequire(join(folder, 'noop.js')).resolve(name)).href
  } catch (error) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The ${kind} package "${name}" is not installed in "${folder}"; install it or give the path of a file.`,
      { cause: error },
    )
  }
}
