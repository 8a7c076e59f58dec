import {
  blockMeans,
  findSteadyDurations,
  mean,
  quantileLinear,
  type SeriesRatio,
  seriesRatio,
} from '@traceml/analysis'
import type { StepClock } from '@traceml/contracts'
import { computeTimesOn, type RunHistory, type StepQuantiles, stepTimesOn } from '../history.js'
import type { ComparePolicy } from '../policy.js'
import { besideCompute, type PacedSteps } from './beside-compute.js'

/** Step times of one run without its warm-up and isolated stalls. */
export interface SteadyTimes {
  /** Milliseconds; one value a step or a piece of the run. */
  readonly values: Float64Array
  /** Compute within each value, in milliseconds; null when it was not measured on the processor. */
  readonly computeMs: Float64Array | null
  readonly stepsPerValue: number
  readonly meanMs: number
  /** Of single steps. */
  readonly quantiles: StepQuantiles
  readonly steps: number
  readonly warmupSteps: number
  readonly stalledSteps: number
}

/** How the step times of two runs compare, from their histories. */
export interface StepComparison {
  readonly lhs: SteadyTimes
  readonly rhs: SteadyTimes
  /** Null when there are too few steps. */
  readonly ratio: SeriesRatio | null
}

function steadyTimes(
  history: RunHistory | null,
  clock: StepClock,
  policy: ComparePolicy,
): SteadyTimes | null {
  const all = stepTimesOn(history, clock)
  if (history === null || all === null) return null
  const { stepsPerValue = 1, startsRun = true } = history
  const steady = findSteadyDurations(all, startsRun, policy.steadySteps)
  const kept = (column: Float64Array): Float64Array =>
    Float64Array.from(steady.kept, (index) => column[index] as number)
  const values = kept(all)
  const computeMs = computeTimesOn(history, clock)
  const meanMs = mean(values)
  const [p05, p50] = [quantileLinear(values, 0.05), quantileLinear(values, 0.5)]
  if (meanMs === null || p05 === null || p50 === null) return null
  return {
    values,
    computeMs: computeMs === null ? null : kept(computeMs),
    stepsPerValue,
    meanMs,
    quantiles: history.quantilesMs?.[clock] ?? { p05, p50 },
    steps: Math.round(values.length * stepsPerValue),
    warmupSteps: Math.round(steady.warmupCount * stepsPerValue),
    stalledSteps: Math.round(steady.outlierCount * stepsPerValue),
  }
}

/** The values with about `stepsPerValue` steps behind each. */
function coarsened(times: SteadyTimes, stepsPerValue: number): PacedSteps {
  const factor = times.stepsPerValue / stepsPerValue
  if (factor >= 0.75) return times
  const blocks = Math.max(1, Math.round(times.values.length * factor))
  const { values, computeMs } = times
  return {
    values: blockMeans(values, blocks),
    computeMs: computeMs === null ? null : blockMeans(computeMs, blocks),
  }
}

/** Compares two histories on one clock; null when either run has none there. */
export function compareSteps(
  lhs: RunHistory | null,
  rhs: RunHistory | null,
  clock: StepClock,
  policy: ComparePolicy,
): StepComparison | null {
  const [a, b] = [steadyTimes(lhs, clock, policy), steadyTimes(rhs, clock, policy)]
  if (a === null || b === null) return null
  const stepsPerValue = Math.max(a.stepsPerValue, b.stepsPerValue)
  const [left, right] = [coarsened(a, stepsPerValue), coarsened(b, stepsPerValue)]
  const config = {
    blocks: policy.blocks,
    minBlocks: policy.minBlocks,
    minBlockSize: policy.minBlockSteps,
    confidence: policy.confidence,
  }
  const found = seriesRatio(left.values, right.values, config)
  const ratio =
    found === null || found.interval !== null
      ? found
      : { ...found, interval: besideCompute(left, right, found.ratio, config) }
  return { lhs: a, rhs: b, ratio }
}

/**
 * Whether the machine explains a change as well as the training does: other load on it stretches most
 * steps, but hardly the fastest ones, and differs from minute to minute. A training that is slower
 * itself is so in its fastest steps too, or, by a stall that recurs, in few steps but all the time.
 *
 * @returns The change of the 5th percentile as a ratio when it does, otherwise null.
 */
export function explainedByLoad(
  { lhs, rhs }: StepComparison,
  { ratio, spread }: SeriesRatio,
  policy: ComparePolicy,
): number | null {
  const change = Math.log(ratio)
  // Positive where a quantile moved in the same direction as the run.
  const moved = (key: keyof StepQuantiles): number =>
    lhs.quantiles[key] > 0 && rhs.quantiles[key] > 0
      ? Math.sign(change) * Math.log(rhs.quantiles[key] / lhs.quantiles[key])
      : 0
  const size = Math.abs(change)
  if (moved('p05') >= policy.fastStepsMinRatio * size) return null
  const recurs = spread <= size / 3 && moved('p50') < size / 4
  return recurs ? null : rhs.quantiles.p05 / Math.max(lhs.quantiles.p05, Number.MIN_VALUE)
}
