import { measuredInteger } from '../shared/measured.js'
import { combineMetric } from './combine.js'
import type { StepMemoryInput, StepMemorySampleInput } from './input.js'
import { STEP_MEMORY_METRICS } from './metrics.js'
import { commonSteps, lookbackOf, newestRows, type RowsByRank } from './peaks.js'
import type { StepMemoryMetric } from './signals.js'

/** Why a live window has no metrics, or `ok`. */
export type StepMemoryLoadStatus = 'ok' | 'waiting_first_step' | 'no_gpu' | 'no_complete_metrics'

/**
 * Returns the metrics of a finished run, over the newest steps that all ranks share; none when the
 * ranks share no step.
 *
 * A row counts only when it has every metric, so that all metrics cover the same steps.
 *
 * @param windowSteps - Aligned steps at most, ≥ 1.
 */
export function alignSummaryMetrics(
  window: StepMemoryInput,
  windowSteps: number,
): readonly StepMemoryMetric[] {
  const candidates = keepNewestSteps(
    newestRows(window.rows, (row) =>
      STEP_MEMORY_METRICS.every((metric) => metric.read(row) !== null),
    ),
    lookbackOf(windowSteps),
  )
  const steps = commonSteps(candidates, windowSteps)
  const completedStep = steps.at(-1) ?? null
  if (completedStep === null) return []
  return STEP_MEMORY_METRICS.map((source) =>
    combineMetric(source, candidates, steps, {
      windowSize: windowSteps,
      completedStep,
      ranksExpected: window.ranksSeen,
    }),
  )
}

/**
 * Returns the metrics of a running training: for each metric the newest steps, up to the slowest
 * rank's latest one, that all ranks with that metric share.
 *
 * A rank without any row of a metric in reach is left out of it, and the metric says `incomplete`.
 *
 * @param windowSteps - Aligned steps at most, ≥ 1.
 */
export function alignLiveMetrics(
  window: StepMemoryInput,
  windowSteps: number,
): { readonly status: StepMemoryLoadStatus; readonly metrics: readonly StepMemoryMetric[] } {
  const latest = latestSteps(window.rows)
  if (latest.size === 0) return { status: 'waiting_first_step', metrics: [] }
  let completedStep = Number.POSITIVE_INFINITY
  for (const step of latest.values()) completedStep = Math.min(completedStep, step)
  const start = Math.max(0, completedStep - lookbackOf(windowSteps) + 1)
  const isInReach = (step: number): boolean => step >= start && step <= completedStep

  const metrics: StepMemoryMetric[] = []
  for (const source of STEP_MEMORY_METRICS) {
    const rows = newestRows(
      window.rows,
      (row, step) => isInReach(step) && source.read(row) !== null,
    )
    const steps = commonSteps(rows, windowSteps)
    if (steps.length === 0) continue
    metrics.push(
      combineMetric(source, rows, steps, {
        windowSize: windowSteps,
        completedStep,
        ranksExpected: latest.size,
      }),
    )
  }
  if (metrics.length > 0) return { status: 'ok', metrics }
  const hasRows = newestRows(window.rows, (_row, step) => isInReach(step)).size > 0
  const isWithoutGpu = window.gpuAvailable === false && hasRows
  return { status: isWithoutGpu ? 'no_gpu' : 'no_complete_metrics', metrics }
}

function latestSteps(rows: readonly StepMemorySampleInput[]): ReadonlyMap<number, number> {
  const latest = new Map<number, number>()
  for (const row of rows) {
    const rank = measuredInteger(row.global_rank)
    const step = measuredInteger(row.step)
    if (rank === null || step === null) continue
    const known = latest.get(rank)
    if (known === undefined || step > known) latest.set(rank, step)
  }
  return latest
}

function keepNewestSteps(byRank: RowsByRank, limit: number): RowsByRank {
  const isShort = [...byRank.values()].every((rows) => rows.size <= limit)
  if (isShort) return byRank
  return new Map(
    [...byRank.entries()].map(([rank, rows]) => [
      rank,
      new Map([...rows.entries()].toSorted(([a], [b]) => a - b).slice(-limit)),
    ]),
  )
}
