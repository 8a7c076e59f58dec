import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FinalSummary, PHASE_EVENTS, type StepEvents } from '@traceml/contracts'
import { queryHistory, startTraceml, temporaryFolder } from '../fixtures/cli/support.js'

const SCRIPTS = fileURLToPath(new URL('../fixtures/truth/', import.meta.url))

/** A script that runs longer hangs: it is killed, and its exit code is null. */
const RUN_LIMIT_MS = 60_000

/** Names of the phases in the scripts' own sums. */
const EVENTS = {
  input: PHASE_EVENTS.input_wait,
  h2d: PHASE_EVENTS.h2d,
  forward: PHASE_EVENTS.forward,
  backward: PHASE_EVENTS.backward,
  optimizer: PHASE_EVENTS.optimizer_step,
  traced: PHASE_EVENTS.traced_step_time,
} as const

export type EventName = keyof typeof EVENTS

/** Milliseconds after the first step, by what they were spent on; what was not measured is absent. */
type Sums = Readonly<Partial<Record<EventName | 'residual', number>>>

/** What the script measured itself. */
export interface Truth {
  /** Milliseconds of each iteration; null where there was something else in it, as in the first. */
  readonly laps: readonly (number | null)[]
  readonly sums: Sums
}

/** What traceml stored and reported of the same run. */
export interface Told {
  readonly sums: Sums
  /** Milliseconds of each step by phase. */
  readonly rows: readonly Readonly<Partial<Record<EventName, number>>>[]
  readonly summary: FinalSummary
}

/** Runs a script by the command and returns what it measured and what was reported of it. */
export async function ask(script: string): Promise<{ truth: Truth; told: Told }> {
  using folder = temporaryFolder()
  const logs = join(folder.path, 'logs')
  const file = join(folder.path, 'truth.json')
  const args = ['run', '--logs-dir', logs, join(SCRIPTS, script)]
  const { child, end } = startTraceml(args, { cwd: folder.path, env: { TRUTH: file } })
  const limit = setTimeout(() => child.kill('SIGKILL'), RUN_LIMIT_MS)
  const { code, stderr } = await end
  clearTimeout(limit)
  if (code !== 0 || !existsSync(file)) throw new Error(`exit code ${code}: ${stderr}`)
  const [session] = await readdir(logs)
  const truth = JSON.parse(await readFile(file, 'utf8')) as Truth
  return { truth, told: await readSession(join(logs, session as string)) }
}

async function readSession(session: string): Promise<Told> {
  const text = await readFile(join(session, 'final_summary.json'), 'utf8')
  const rows = readHistory(session)
  const sums = Object.fromEntries(
    (Object.keys(EVENTS) as EventName[])
      .filter((name) => rows.some((row) => row[name] !== undefined))
      .map((name) => [name, rows.slice(1).reduce((total, row) => total + (row[name] ?? 0), 0)]),
  ) as Partial<Record<EventName, number>>
  const { traced = 0, h2d = 0, forward = 0, backward = 0, optimizer = 0 } = sums
  return {
    sums: { ...sums, residual: traced - h2d - forward - backward - optimizer },
    rows,
    summary: JSON.parse(text) as FinalSummary,
  }
}

function readHistory(session: string): Partial<Record<EventName, number>>[] {
  const stored = queryHistory<{ step: number; events_json: string }>(
    session,
    'select step, events_json from step_time_samples order by step',
  )
  stored.forEach(({ step }, index) => {
    if (step !== index + 1) throw new Error(`step ${step} stands where ${index + 1} should`)
  })
  return stored.map((row) => byPhase(JSON.parse(row.events_json) as StepEvents))
}

function byPhase(events: StepEvents): Partial<Record<EventName, number>> {
  const row: Partial<Record<EventName, number>> = {}
  for (const name of Object.keys(EVENTS) as EventName[]) {
    const devices = Object.values(events[EVENTS[name]] ?? {})
    if (devices.length > 0)
      row[name] = devices.reduce((total, stats) => total + (stats.cpu_ms ?? 0), 0)
  }
  return row
}
