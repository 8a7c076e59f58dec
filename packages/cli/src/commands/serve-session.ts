import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RunManifest } from '@traceml/contracts'
import { makeFolder } from '../session/make-folder.js'
import { manifestTime, writeManifest } from '../session/manifest-file.js'
import { createSessionFolder, type SessionFolder } from '../session/session-folder.js'
import type { ServeSettings } from './serve-settings.js'

/**
 * Creates the folder of a served run with its manifest, so that it is known like any other run.
 *
 * @throws the error of the file system when the folder cannot be made.
 */
export function createServeSession(settings: ServeSettings, cwd: string): SessionFolder {
  const now = new Date()
  const folder = createSessionFolder({ ...settings, now })
  makeFolder(join(folder.path, 'aggregator'))
  writeManifest(folder.manifestPath, serveManifest({ settings, folder, cwd, now }))
  return folder
}

function serveManifest(options: {
  readonly settings: ServeSettings
  readonly folder: SessionFolder
  readonly cwd: string
  readonly now: Date
}): RunManifest {
  const { settings, folder } = options
  return {
    schema_version: 1,
    session_id: folder.sessionId,
    run: {
      run_name: folder.sessionId,
      session_id: folder.sessionId,
      identity_source: settings.runName === null ? 'generated' : 'run_name',
    },
    status: 'starting',
    created_at: manifestTime(options.now),
    host: { hostname: hostname() },
    launch: {
      // Whoever sends telemetry was started elsewhere.
      script_path: null,
      profile: settings.profile,
      ui_mode: 'summary',
      logs_dir: settings.logsDir,
      aggregator_bind_host: settings.host,
      aggregator_port: settings.port,
      expected_world_size: settings.expectedWorldSize,
      history_enabled: true,
      summary_window_rows: settings.windowRows,
      finalize_timeout_sec: settings.finalizeTimeoutMs / 1000,
      launch_cwd: options.cwd,
      launcher_pid: process.pid,
    },
    paths: {
      session_root: folder.path,
      run_root: folder.path,
      aggregator_dir: join(folder.path, 'aggregator'),
      db_path: folder.databasePath,
    },
    artifacts: {},
  }
}
