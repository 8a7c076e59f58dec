import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RunManifest } from '@traceml/contracts'
import type { RunSettings } from '../settings/run-settings.js'
import type { Target } from '../target/target.js'
import { overwriteInPlace, writeFileAtomically } from './atomic-write.js'
import type { SessionFolder } from './session-folder.js'

/** What an update may change. */
export type ManifestUpdate = Partial<
  Pick<
    RunManifest,
    | 'status'
    | 'artifacts'
    | 'telemetry_status'
    | 'aggregator_exited_early'
    | 'aggregator_exit_code'
    | 'training_exit_code'
  >
> & { readonly launch?: Readonly<Record<string, unknown>> }

/** UTC time as manifests write it, with microseconds and `+00:00`. */
export function manifestTime(now: Date): string {
  return now.toISOString().replace('Z', '000+00:00')
}

/** The manifest of a run that is about to start. */
export function createManifest(options: {
  readonly settings: RunSettings
  readonly session: SessionFolder
  readonly target: Target
  readonly cwd: string
  readonly now: Date
}): RunManifest {
  const { settings, session, target } = options
  const root = session.path
  return {
    schema_version: 1,
    session_id: session.sessionId,
    run: {
      run_name: session.sessionId,
      session_id: session.sessionId,
      identity_source: settings.identitySource,
    },
    status: 'starting',
    created_at: manifestTime(options.now),
    host: { hostname: hostname() },
    launch: {
      script_path: target.path,
      ...(target.kind === 'python'
        ? { module: target.module, interpreter: target.interpreter }
        : {}),
      profile: settings.profile,
      ...(settings.profile === 'deep' ? { layer_budget: settings.layerBudget } : {}),
      ui_mode: settings.mode,
      logs_dir: settings.logsDir,
      aggregator_host: settings.aggregatorHost,
      aggregator_bind_host: settings.aggregatorBindHost,
      aggregator_port: settings.aggregatorPort,
      nnodes: settings.nnodes,
      nproc_per_node: settings.nprocPerNode,
      node_rank: settings.nodeRank,
      master_addr: settings.masterAddr,
      master_port: settings.masterPort,
      history_enabled: settings.historyEnabled,
      summary_window_rows: settings.summaryWindowRows,
      finalize_timeout_sec: settings.finalizeTimeoutSeconds,
      launch_cwd: options.cwd,
      launcher_pid: process.pid,
    },
    paths: {
      session_root: root,
      run_root: root,
      aggregator_dir: settings.nodeRank === 0 ? join(root, 'aggregator') : null,
      db_path: settings.nodeRank === 0 && settings.historyEnabled ? session.databasePath : null,
    },
    artifacts: {},
    training_exit_code: null,
  }
}

/** Writes a whole manifest. @throws the error of the file system. */
export function writeManifest(path: string, manifest: object): void {
  writeFileAtomically(path, `${JSON.stringify(manifest, null, 2)}\n`)
}

/**
 * Merges `update` into the manifest on disk and keeps what others wrote into it. A manifest that
 * cannot be parsed is copied to `<path>.corrupt` and rebuilt from `update`.
 *
 * @throws the error of the file system.
 */
export function updateManifest(path: string, update: ManifestUpdate, now: Date): void {
  const current = readManifest(path)
  const merged = {
    ...current,
    ...update,
    updated_at: manifestTime(now),
    artifacts: { ...asObject(current['artifacts']), ...update.artifacts },
    launch: { ...asObject(current['launch']), ...update.launch },
  }
  try {
    writeManifest(path, merged)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    overwriteInPlace(path, `${JSON.stringify(merged, null, 2)}\n`)
  }
}

/** The manifest as an object; empty when it is missing or not an object. */
export function readManifest(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {}
  try {
    return asObject(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    copyFileSync(path, `${path}.corrupt`)
    return {}
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : {}
}
