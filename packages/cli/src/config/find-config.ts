import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Names that are looked for, in the order of preference within one folder. */
const CONFIG_FILE_NAMES: readonly string[] = [
  'traceml.config.ts',
  'traceml.config.mts',
  'traceml.config.js',
  'traceml.config.mjs',
  'traceml.yaml',
]

const MAX_FOLDERS = 10

/**
 * Path of the nearest configuration file, looked for from `startFolder` upwards through at most
 * ten folders; null when there is none. A folder that cannot be read is passed over.
 */
export function findConfigFile(startFolder: string): string | null {
  let folder = startFolder
  for (let visited = 0; visited < MAX_FOLDERS; visited += 1) {
    const name = configNameIn(folder)
    if (name !== null) return join(folder, name)
    const parent = dirname(folder)
    if (parent === folder) return null
    folder = parent
  }
  return null
}

function configNameIn(folder: string): string | null {
  try {
    const names = new Set(readdirSync(folder))
    return CONFIG_FILE_NAMES.find((name) => names.has(name)) ?? null
  } catch {
    return null
  }
}
