import { mean, quantileLinear } from '@traceml/analysis'
import type { ComparableSummary, StepClock } from '@traceml/contracts'
import { comparisonClock, selectedClock } from './clock.js'
import { asRecord, readPath, toNumber } from './read.js'

/** Step times of a run, as plain numbers. */
export interface RunHistory {
  /**
   * Milliseconds, oldest first: one value a step, or the means of equally long pieces of the run.
   * A clock that was not measured is absent. Over several ranks: the mean of the ranks.
   */
  readonly stepTimeMs: Readonly<Partial<Record<StepClock, ArrayLike<number | null>>>>
  /**
   * Compute within each value in milliseconds, as long as the step times of the CPU clock; only of
   * runs whose compute is work of the CPU. Tells a change from other load on the machine.
   */
  readonly computeMs?: ArrayLike<number | null>
  /**
   * 5th percentile and median of single steps in milliseconds, by clock, where the values are means
   * of several. Default: those of the values.
   */
  readonly quantilesMs?: Readonly<Partial<Record<StepClock, StepQuantiles>>>
  /** Steps that one value stands for. Default 1. */
  readonly stepsPerValue?: number
  /** False when the first value is not the first of the run, where a warm-up may be. Default true. */
  readonly startsRun?: boolean
}

/** Two quantiles of single steps, in milliseconds. */
export interface StepQuantiles {
  readonly p05: number
  readonly p50: number
}

/** The measured step times of one clock; null when there are none. */
export function stepTimesOn(history: RunHistory | null, clock: StepClock): Float64Array | null {
  const values = history?.stepTimeMs[clock]
  if (values === undefined) return null
  const measured: number[] = []
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) measured.push(value)
  }
  return measured.length === 0 ? null : Float64Array.from(measured)
}

/** The compute within each of `stepTimesOn`; null unless all of it was measured on the CPU. */
export function computeTimesOn(history: RunHistory, clock: StepClock): Float64Array | null {
  const { computeMs, stepTimeMs } = history
  const isOfCpu = clock === 'cpu' && stepTimeMs.gpu === undefined
  const count = stepTimesOn(history, clock)?.length
  if (!isOfCpu || computeMs === undefined || computeMs.length !== count) return null
  const measured = Float64Array.from(computeMs, (ms) => ms ?? Number.NaN)
  return measured.every((ms) => ms >= 0) ? measured : null
}

/**
 * The step times that a summary itself carries (`step_time.details.series`): means over pieces of
 * the run, on the clock of its phases. Null for summaries without them.
 */
export function historyFromSummary(summary: ComparableSummary): RunHistory | null {
  const series = asRecord(readPath(summary, ['step_time', 'details', 'series']))
  const allLines = asRecord(series?.['lines'])
  const lines = asRecord(allLines?.['step_time_ms'])
  const line = lines?.['typical']
  const clock = selectedClock(summary)
  if (series?.['axis'] !== 'step' || !Array.isArray(line) || clock === null) return null
  const window = ['step_time', 'global', 'window']
  const first = toNumber(readPath(summary, [...window, 'start_step']))
  const steps = toNumber(readPath(summary, [...window, 'steps_analyzed']))
  const stepsPerValue = steps === null ? 1 : Math.max(1, steps / Math.max(1, line.length))
  const computeMs = computeOf(allLines)
  const quantiles = stepsPerValue > 1 ? singleSteps(summary, lines?.['low'], stepsPerValue) : null
  return {
    stepTimeMs: { [clock]: line.map(toNumber) },
    ...(computeMs === null ? {} : { computeMs }),
    ...(quantiles === null ? {} : { quantilesMs: { [clock]: quantiles } }),
    stepsPerValue,
    startsRun: first === null || first <= 1,
  }
}

/** Lines of a summary that add up to compute. */
const COMPUTE_LINES = ['forward_ms', 'backward_ms', 'optimizer_ms']

function computeOf(lines: Record<string, unknown> | null): readonly number[] | null {
  const parts = COMPUTE_LINES.map((name) => asRecord(lines?.[name])?.['typical'])
  if (!parts.every((part) => Array.isArray(part))) return null
  const [first = []] = parts
  return first.map((_, index) =>
    parts.reduce((sum, part) => sum + (toNumber(part[index]) ?? Number.NaN), 0),
  )
}

/** Quantiles of single steps from the fastest step of every piece and the spread of each rank. */
function singleSteps(
  summary: ComparableSummary,
  lows: unknown,
  stepsPerValue: number,
): StepQuantiles | null {
  const spread = asRecord(readPath(summary, ['step_time', 'details', 'step_time_spread'])) ?? {}
  const p50 = mean(Object.values(spread).map((row) => toNumber(asRecord(row)?.['p50'])))
  // The fastest of k steps is below the 5th percentile of steps in this part of the pieces.
  const part = 1 - 0.95 ** stepsPerValue
  const p05 = Array.isArray(lows) ? quantileLinear(lows.map(toNumber), part) : null
  return p05 === null || p50 === null ? null : { p05, p50 }
}

/**
 * Which runs have no step history on the clock that both measured, so that step time could only be
 * judged by averages. Both false when there is no such clock.
 */
export function missingHistories(
  lhs: RunHistories,
  rhs: RunHistories,
): { readonly lhs: boolean; readonly rhs: boolean } {
  const clock = comparisonClock({ lhs: lhs.summary, rhs: rhs.summary })
  if (clock === null) return { lhs: false, rhs: false }
  const isMissing = ({ summary, history }: RunHistories): boolean =>
    stepTimesOn(history === undefined ? historyFromSummary(summary) : history, clock) === null
  return { lhs: isMissing(lhs), rhs: isMissing(rhs) }
}

/** A summary and what else is known of its steps. */
interface RunHistories {
  readonly summary: ComparableSummary
  readonly history?: RunHistory | null
}
