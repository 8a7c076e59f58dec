import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage, TraceMLError } from '@traceml/contracts'
import { makeFolder } from '../session/make-folder.js'
import {
  createManifest,
  type ManifestUpdate,
  updateManifest,
  writeManifest,
} from '../session/manifest-file.js'
import {
  createSessionFolder,
  joinSessionFolder,
  type SessionFolder,
} from '../session/session-folder.js'
import type { LaunchOptions } from './launch.js'
import type { RunConsole } from './run-console.js'

/** The session folder of a run in progress. */
export interface Session {
  readonly folder: SessionFolder
  /** Where the aggregator's stderr goes. */
  readonly errorLogPath: string
  /** Changes the manifest; says once when that is not possible. Never throws. */
  update(update: ManifestUpdate): void
}

/**
 * Creates the folder and manifest of a run; null, after having said why, when the file system does
 * not allow it.
 *
 * @throws {ConfigError} for a run name that cannot be used.
 */
export function createSession(
  { settings, target, cwd }: LaunchOptions,
  output: RunConsole,
): Session | null {
  const now = new Date()
  let fresh: SessionFolder | null = null
  try {
    const isShared = settings.nnodes > 1 && settings.runName !== null
    const folder = isShared
      ? joinSessionFolder({ ...settings, runName: settings.runName })
      : createSessionFolder({ ...settings, now })
    if (!isShared) fresh = folder
    makeFolder(join(folder.path, 'aggregator'))
    const manifest = createManifest({
      settings,
      session: folder,
      target,
      cwd,
      now,
    })
    writeManifest(folder.manifestPath, manifest)
    return {
      folder,
      errorLogPath: join(folder.path, 'aggregator_error.log'),
      update: manifestUpdater(folder, output),
    }
  } catch (error) {
    if (TraceMLError.isInstance(error)) throw error
    if (fresh !== null) rmSync(fresh.path, { recursive: true, force: true })
    output.warn(
      `The run is not traced, because the folder "${settings.logsDir}" cannot be written: ${errorMessage(error)}; choose another with --logs-dir.`,
    )
    return null
  }
}

/** Changes the manifest of a session; says once when that is not possible. */
export function manifestUpdater(folder: SessionFolder, output: RunConsole): Session['update'] {
  let warned = false
  return (update) => {
    try {
      updateManifest(folder.manifestPath, update, new Date())
    } catch (error) {
      if (warned) return
      warned = true
      output.warn(
        `The manifest "${folder.manifestPath}" could not be written: ${errorMessage(error)}.`,
      )
    }
  }
}
