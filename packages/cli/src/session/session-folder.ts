import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@traceml/contracts'
import { makeFolder } from './make-folder.js'
import { readManifest } from './manifest-file.js'
import { generateSessionId } from './run-name.js'

/** The folder of one run. */
export interface SessionFolder {
  readonly sessionId: string
  /** Absolute path. */
  readonly path: string
  readonly manifestPath: string
  /** The SQLite history. */
  readonly databasePath: string
}

const MAX_SUFFIX = 10_000

/**
 * Creates the folder of a run. A name that was used before gets a fresh folder, `<name>-2`,
 * `<name>-3` and so on, unless `overwrite` is set; two launchers never get the same folder.
 *
 * @throws {ConfigError} when `overwrite` would delete something that is not a finished run.
 * @throws the error of the file system when the folder cannot be made.
 */
export function createSessionFolder(options: {
  readonly logsDir: string
  readonly runName: string | null
  readonly overwrite: boolean
  readonly now: Date
}): SessionFolder {
  const { logsDir, runName } = options
  const name = runName ?? generateSessionId(options.now)
  if (options.overwrite) removeEarlierRun(join(logsDir, name))
  makeFolder(logsDir)
  for (let suffix = 1; suffix <= MAX_SUFFIX; suffix += 1) {
    const sessionId = suffix === 1 ? name : `${name}-${suffix}`
    if (claimFolder(join(logsDir, sessionId))) return sessionFolder(logsDir, sessionId)
  }
  throw new ConfigError(
    'TRACEML_CONFIG_INVALID',
    `The run name "${name}" was used ${MAX_SUFFIX} times in "${logsDir}"; choose another --run-name.`,
  )
}

/**
 * The folder of a run of several nodes. They share the name, so none may choose a suffix: the
 * first node needs a fresh name, the others use the folder as they find it.
 *
 * @throws {ConfigError} when the first node's name was used before.
 * @throws the error of the file system when the folder cannot be made.
 */
export function joinSessionFolder(options: {
  readonly logsDir: string
  readonly runName: string
  readonly nodeRank: number
  readonly overwrite: boolean
}): SessionFolder {
  const folder = sessionFolder(options.logsDir, options.runName)
  if (options.nodeRank > 0) {
    makeFolder(folder.path)
    // On a shared file system every node has its own manifest.
    return { ...folder, manifestPath: join(folder.path, `manifest.node${options.nodeRank}.json`) }
  }
  if (options.overwrite) removeEarlierRun(folder.path)
  if (existsSync(folder.manifestPath)) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The run name "${options.runName}" was used before in "${options.logsDir}"; choose another on every node, or add --overwrite.`,
    )
  }
  makeFolder(folder.path)
  return folder
}

/** The paths of a session, whether or not it exists. */
export function sessionFolder(logsDir: string, sessionId: string): SessionFolder {
  const path = join(logsDir, sessionId)
  return {
    sessionId,
    path,
    manifestPath: join(path, 'manifest.json'),
    databasePath: join(path, 'aggregator', 'telemetry'),
  }
}

function claimFolder(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Deletes only what a run of ours left behind. */
function removeEarlierRun(path: string): void {
  if (!existsSync(path)) return
  const manifestPath = join(path, 'manifest.json')
  if (!existsSync(manifestPath)) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `"${path}" has no manifest.json, so --overwrite does not touch it; choose another --run-name.`,
    )
  }
  if (isRunning(readManifest(manifestPath))) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `The run in "${path}" is still going on; wait for it or choose another --run-name.`,
    )
  }
  rmSync(path, { recursive: true, force: true })
}

function isRunning(manifest: Readonly<Record<string, unknown>>): boolean {
  const isOpen = manifest['status'] === 'starting' || manifest['status'] === 'running'
  return isOpen && launcherState(manifest) === 'alive'
}

/** Whether the launcher of a run lives; `unknown` for a run of another host. */
export function launcherState(
  manifest: Readonly<Record<string, unknown>>,
): 'alive' | 'gone' | 'unknown' {
  const host = manifest['host'] as { readonly hostname?: unknown } | null | undefined
  const launch = manifest['launch'] as { readonly launcher_pid?: unknown } | null | undefined
  const pid = launch?.launcher_pid
  const isPid = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0
  if (host?.hostname !== hostname() || !isPid) return 'unknown'
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : 'gone'
  }
}
