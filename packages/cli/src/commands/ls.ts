import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DEFAULTS, ENV, errorMessage, InputError } from '@traceml/contracts'
import { bold, dim, green, red, wantsColor, yellow } from '../output/color.js'
import { jsonText } from '../output/json-text.js'
import { shortPath } from '../output/next-command.js'
import { writeStderr, writeStdout } from '../output/streams.js'
import { type PrintColumn, printTable } from '../output/table.js'
import { agoWords, spanWords } from '../output/time-words.js'
import { readSession, type SessionEntry } from '../sessions/read-session.js'

/** An `ls` as it was typed. */
export interface LsRequest {
  /** Folder of the session folders, or a session folder; null for the usual one. */
  readonly folder: string | null
  readonly json: boolean
  readonly cwd: string
}

/**
 * Lists the sessions of a folder, newest first. Returns 0.
 *
 * @throws {InputError} TRACEML_INPUT_INVALID for a folder that cannot be read.
 */
export async function ls(request: LsRequest): Promise<number> {
  const folder = resolve(
    request.cwd,
    request.folder ?? (process.env[ENV.logsDir]?.trim() || DEFAULTS.logsDir),
  )
  const sessions = listSessions(folder, Date.now() / 1000)
  if (request.json) {
    await writeStdout(`${jsonText(sessions, 2)}\n`)
    return 0
  }
  if (sessions.length === 0) {
    await writeStderr(`traceml: There are no sessions in "${shortPath(folder, request.cwd)}".\n`)
    return 0
  }
  await writeStdout(`${sessionTable(sessions).join('\n')}\n`)
  return 0
}

/** The sessions of a folder, newest first; the folder itself where it is a session. */
function listSessions(folder: string, nowSeconds: number): readonly SessionEntry[] {
  const names = namesIn(folder)
  const own = readSession(folder, nowSeconds)
  if (own !== null) return [own]
  return names
    .map((name) => readSession(join(folder, name), nowSeconds))
    .filter((session) => session !== null)
    .toSorted(
      (a, b) => (b.started_at ?? 0) - (a.started_at ?? 0) || (a.session < b.session ? -1 : 1),
    )
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(
      (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true,
    )
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      isMissing
        ? `The folder "${folder}" does not exist; name the folder that traceml run writes its sessions to.`
        : `The folder "${folder}" cannot be read (${errorMessage(error)}); name a folder of sessions.`,
      { cause: error, details: { path: folder } },
    )
  }
}

function verdictText({ verdict, problem }: SessionEntry): string {
  if (problem !== null) return problem
  return (verdict?.status ?? verdict?.kind ?? 'no report').replaceAll('_', ' ')
}

function paintVerdict({ verdict, problem }: SessionEntry, cell: string): string {
  if (problem !== null || verdict === null) return dim(cell)
  if (verdict.severity === 'crit') return red(cell)
  return verdict.severity === 'warn' ? yellow(cell) : cell
}

function paintStatus({ status }: SessionEntry, cell: string): string {
  if (status === 'running' || status === 'starting') return green(cell)
  return status === 'failed' || status === 'lost' ? red(cell) : dim(cell)
}

function sessionTable(sessions: readonly SessionEntry[]): readonly string[] {
  const paintWith =
    (paint: (session: SessionEntry, cell: string) => string) =>
    (cell: string, row: number): string => {
      const session = sessions[row]
      return session === undefined ? cell : paint(session, cell)
    }
  const columns: readonly PrintColumn[] = [
    { title: 'SESSION', align: 'left', minWidth: 20, paint: bold },
    { title: 'VERDICT', align: 'left', minWidth: 16, paint: paintWith(paintVerdict) },
    { title: 'DURATION', align: 'right' },
    { title: 'STARTED', align: 'right' },
    { title: 'STATUS', align: 'left', paint: paintWith(paintStatus) },
  ]
  const cells = sessions.map((session) => [
    session.session,
    verdictText(session),
    spanWords(session.duration_s),
    agoWords(session.age_s),
    session.status ?? 'n/a',
  ])
  return printTable(columns, cells, {
    limit: process.stdout.isTTY === true ? process.stdout.columns : Number.POSITIVE_INFINITY,
    color: wantsColor(process.stdout),
  })
}
