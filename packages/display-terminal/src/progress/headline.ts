import { formatFixed } from '@traceml/analysis'
import type { RunProgress } from '@traceml/contracts'
import { formatElapsed, formatMs, formatRate, MISSING } from '../format.js'
import { stepParts } from './phases.js'

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Ranks that reported, when there is more than one or some are still missing. */
function ranksText(progress: RunProgress): string | null {
  const { ranksExpected, ranksSeen, ranksFinished } = progress
  if (ranksExpected <= 1 && ranksSeen <= 1) return null
  const finished = ranksFinished > 0 ? `, ${ranksFinished} finished` : ''
  return `${ranksSeen}/${Math.max(ranksExpected, ranksSeen)} ranks${finished}`
}

/** After this time without a step the reader is told how steps are made visible. */
const HINT_SECONDS = 20

/** What the run has done so far, most important first; what is not known yet is left out. */
export function headlineParts(progress: RunProgress): readonly string[] {
  const elapsed = formatElapsed(progress.elapsedSeconds)
  const ranks = ranksText(progress)
  const withRanks = ranks === null ? [] : [ranks]
  if (progress.stepsCompleted === 0) return [elapsed, stateBeforeSteps(progress), ...withRanks]
  const { stepMs } = stepParts(progress.phasesMs)
  return [
    elapsed,
    `step ${progress.stepsCompleted}`,
    ...(progress.stepsPerSecond === null ? [] : [`${formatRate(progress.stepsPerSecond)} steps/s`]),
    ...(stepMs === null ? [] : [`${formatMs(stepMs)}/step`]),
    ...withRanks,
  ]
}

function stateBeforeSteps({ expectsSteps, processes }: RunProgress): string {
  if (processes !== undefined) return processesText(processes)
  return expectsSteps === false ? 'recording host and process' : 'waiting for the first step'
}

/** What a watched program uses: `3 processes, cpu 212%, memory 1.2 GB`. */
function processesText(processes: NonNullable<RunProgress['processes']>): string {
  const { count, cpuPercent, residentBytes } = processes
  const cpu = cpuPercent === null ? MISSING : `${formatFixed(cpuPercent, 0)}%`
  return `${plural(count, 'process', 'processes')}, cpu ${cpu}, memory ${formatGigabytes(residentBytes)}`
}

function formatGigabytes(bytes: number | null): string {
  return bytes === null ? MISSING : `${formatFixed(bytes / 1e9, 2)} GB`
}

/** How to make steps visible, once a run has gone on for a while without one; else null. */
export function stepsHint(progress: RunProgress): string | null {
  const { expectsSteps, stepsCompleted, elapsedSeconds } = progress
  if (expectsSteps === false || stepsCompleted > 0 || elapsedSeconds < HINT_SECONDS) return null
  return 'A loop that is not found by itself marks its steps, see traceml run --help.'
}

/** What the reader must know before trusting the numbers; empty when all is well. */
export function warningParts(progress: RunProgress): readonly string[] {
  const warnings: string[] = []
  const age = progress.lastRowAgeSeconds
  if (progress.status === 'stale') {
    warnings.push(age === null ? 'stale: no data yet' : `stale: no data for ${Math.floor(age)} s`)
  }
  if (progress.lost > 0) warnings.push(`${plural(progress.lost, 'record', 'records')} lost`)
  return warnings
}
