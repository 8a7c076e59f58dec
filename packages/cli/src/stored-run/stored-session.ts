import { existsSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import {
  DEFAULTS,
  ENV,
  InputError,
  type LiveEnd,
  type LiveReport,
  type LiveRunInfo,
} from '@traceml/contracts'
import { readManifest } from '../session/manifest-file.js'
import { launcherState, sessionFolder } from '../session/session-folder.js'

type Part = Readonly<Record<string, unknown>>

/** The folder of a session, as `open` needs it. */
export interface StoredSession {
  /** Absolute path of the folder. */
  readonly path: string
  readonly databasePath: string
  readonly run: LiveRunInfo
  /** How it ended; null while it goes on. Reads the manifest anew. */
  end(): LiveEnd | null
}

/**
 * Finds a session by the path of its folder, or by its name in the folder of sessions.
 *
 * @throws {InputError} TRACEML_INPUT_INVALID when there is none with a history.
 */
export function findStoredSession(name: string, cwd: string): StoredSession {
  const path = folderOf(name, cwd)
  const { manifestPath, databasePath } = sessionFolder(join(path, '..'), basename(path))
  if (!existsSync(databasePath)) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `"${name}" has no history at aggregator/telemetry; name the folder of a session that keeps one.`,
    )
  }
  const manifest = readManifest(manifestPath)
  return {
    path,
    databasePath,
    run: runInfo(manifest, basename(path)),
    end: () => endOf(readManifest(manifestPath), databasePath),
  }
}

function folderOf(name: string, cwd: string): string {
  const logs = process.env[ENV.logsDir]?.trim() || DEFAULTS.logsDir
  const candidates = [resolve(cwd, name)]
  if (!isAbsolute(name) && !name.includes('/')) candidates.push(resolve(cwd, logs, name))
  const found = candidates.find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory())
  if (found !== undefined) return found
  throw new InputError(
    'TRACEML_INPUT_INVALID',
    `There is no session "${name}"; name its folder, or see traceml ls.`,
  )
}

function runInfo(manifest: Part, folderName: string): LiveRunInfo {
  const launch = partOf(manifest['launch'])
  const run = partOf(manifest['run'])
  const profile = launch['profile']
  const ranks = launch['expected_world_size'] ?? product(launch['nnodes'], launch['nproc_per_node'])
  return {
    session_id: textOf(manifest['session_id']) ?? folderName,
    run_name: textOf(run['run_name']),
    profile: profile === 'watch' || profile === 'deep' ? profile : 'run',
    started_at: secondsOf(manifest['created_at']),
    ranks_expected: countOf(ranks) ?? 1,
    interval_s: countOf(launch['interval_sec']) ?? DEFAULTS.intervalSeconds,
    history_enabled: true,
    total_steps: null,
    samples_per_step: null,
    trace_max_steps: null,
  }
}

function endOf(manifest: Part, databasePath: string): LiveEnd | null {
  const status = manifest['status']
  const isOpen = status === 'starting' || status === 'running'
  if (isOpen && launcherState(manifest) !== 'gone') return null
  const isOver = status === 'completed' || status === 'failed' || status === 'interrupted'
  const written = statSync(databasePath, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
  const exitCode = manifest['training_exit_code']
  return {
    ended_at: (isOver ? secondsOf(manifest['updated_at']) : null) ?? written / 1000,
    outcome: isOver ? status : 'unknown',
    exit_code: typeof exitCode === 'number' ? exitCode : null,
    message: isOpen ? 'The launcher of this run is gone and has not said how it ended.' : null,
    reports: reportsOf(partOf(manifest['artifacts'])),
  }
}

const REPORTS: readonly (readonly [artifact: string, kind: LiveReport['kind']])[] = [
  ['final_summary_txt', 'text'],
  ['final_summary_json', 'json'],
  ['final_summary_html', 'html'],
]

function reportsOf(artifacts: Part): readonly LiveReport[] {
  return REPORTS.flatMap(([artifact, kind]) => {
    const path = textOf(artifacts[artifact])
    return path === null ? [] : [{ kind, path }]
  })
}

function product(left: unknown, right: unknown): number | null {
  return typeof left === 'number' && typeof right === 'number' ? left * right : null
}

function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null
}

function secondsOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(time) ? time / 1000 : null
}
