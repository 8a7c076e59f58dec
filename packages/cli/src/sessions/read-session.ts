import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { launcherState } from '../session/session-folder.js'
import { readHead } from './read-head.js'

type Part = Readonly<Record<string, unknown>>

/** One run as `ls` shows it; null where its files do not say. */
export interface SessionEntry {
  readonly session: string
  readonly path: string
  /** As the manifest says; `lost` when it says running and its launcher is gone from this host. */
  readonly status: string | null
  readonly verdict: {
    readonly kind: string | null
    readonly status: string | null
    readonly severity: string | null
  } | null
  /** Unix seconds. */
  readonly started_at: number | null
  /** Seconds from its start to its end, or until now. */
  readonly duration_s: number | null
  /** Seconds since its start. */
  readonly age_s: number | null
  /** What is wrong with its files, a sentence. */
  readonly problem: string | null
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'interrupted'])
const SUMMARY_KEYS = ['generated_at', 'duration_s', 'primary_diagnosis'] as const

function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function secondsOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(time) ? time / 1000 : null
}

/** A file's content, or what is wrong with it; both null when there is no file. */
function tryRead(
  path: string,
  read: (path: string) => unknown,
): { readonly part: Part | null; readonly problem: string | null } {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    return { part: null, problem: null }
  }
  try {
    return { part: partOf(read(path)), problem: null }
  } catch {
    return { part: null, problem: `${basename(path)} cannot be read` }
  }
}

function verdictOf(summary: Part | null): SessionEntry['verdict'] {
  if (summary === null) return null
  const primary = partOf(summary['primary_diagnosis'])
  const [kind, status, severity] = [primary['kind'], primary['status'], primary['severity']].map(
    textOf,
  )
  if (kind == null && status == null) return null
  return { kind: kind ?? null, status: status ?? null, severity: severity ?? null }
}

function statusOf(manifest: Part | null): string | null {
  const status = textOf(manifest?.['status'])
  if (manifest === null || status === null || ENDED.has(status)) return status
  return launcherState(manifest) === 'gone' ? 'lost' : status
}

/**
 * The facts of a session folder, from its manifest and the head of its summary; null when the folder
 * holds no session. Never writes, never throws for what is in the files.
 */
export function readSession(path: string, nowSeconds: number): SessionEntry | null {
  const manifest = tryRead(join(path, 'manifest.json'), (file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  )
  const summary = tryRead(join(path, 'final_summary.json'), (file) => readHead(file, SUMMARY_KEYS))
  const problem = manifest.problem ?? summary.problem
  if (manifest.part === null && summary.part === null && problem === null) {
    const history = statSync(join(path, 'aggregator', 'telemetry'), { throwIfNoEntry: false })
    if (history?.isFile() !== true) return null
  }
  const status = statusOf(manifest.part)
  const reported = secondsOf(summary.part?.['generated_at'])
  const started = secondsOf(manifest.part?.['created_at'])
  const ended =
    status !== null && ENDED.has(status) ? secondsOf(manifest.part?.['updated_at']) : null
  const measured = summary.part?.['duration_s']
  const until = ended ?? (status === 'running' || status === 'starting' ? nowSeconds : null)
  return {
    session: basename(path),
    path,
    status,
    verdict: verdictOf(summary.part),
    started_at: started ?? reported,
    duration_s:
      started !== null && until !== null
        ? Math.max(0, until - started)
        : typeof measured === 'number'
          ? measured
          : null,
    age_s:
      started === null && reported === null
        ? null
        : Math.max(0, nowSeconds - (started ?? reported ?? 0)),
    problem,
  }
}
