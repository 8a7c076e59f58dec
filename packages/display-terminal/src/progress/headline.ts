import type { RunProgress } from '@traceml/contracts'
import { formatElapsed, formatMs, formatRate } from '../format.js'
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

/** What the run has done so far, most important first. */
export function headlineParts(progress: RunProgress): readonly string[] {
  const elapsed = formatElapsed(progress.elapsedSeconds)
  const ranks = ranksText(progress)
  const withRanks = ranks === null ? [] : [ranks]
  if (progress.stepsCompleted === 0 && progress.status === 'waiting') {
    return [elapsed, 'waiting for the first step', ...withRanks]
  }
  return [
    elapsed,
    `step ${progress.stepsCompleted}`,
    `${formatRate(progress.stepsPerSecond)} steps/s`,
    `${formatMs(stepParts(progress.phasesMs).stepMs)}/step`,
    ...withRanks,
  ]
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
