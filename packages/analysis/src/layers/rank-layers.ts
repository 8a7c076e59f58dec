import type { LayerModelRow, LayerSampleRow } from '@traceml/contracts'
import { finiteRatio } from '../internal/ratio.js'
import { median } from '../statistics.js'
import type { LayerIndex } from './layer-index.js'
import type { LayerClock, PlacedRow, RankRows } from './rank-rows.js'
import { placeRows, rankClock } from './rank-rows.js'
import type { RankStep } from './rank-steps.js'
import { layersMs, measured, phaseMs, rankSteps, timesOf } from './rank-steps.js'

/** What is spent outside of the layers in one half of a step, milliseconds; null when not known. */
interface OutsideMs {
  readonly forwardMs: number | null
  readonly backwardMs: number | null
}

/** What sampling costs a rank. */
interface RankCost {
  readonly every: number | null
  readonly sampledStepCostMs: number | null
  readonly costRatio: number | null
}

/**
 * What the layers cost on one rank, by their number in the index: means over its sampled steps,
 * the largest of the memory. NaN, and what is beyond the end, is "not measured".
 */
export interface RankLayers {
  readonly rank: number
  readonly clock: LayerClock | null
  readonly device: string | null
  /** Numbers of the sampled steps that count, ascending. */
  readonly steps: readonly number[]
  readonly unsteadyCount: number
  readonly forwardMs: Float64Array
  readonly backwardMs: Float64Array
  readonly calls: Float64Array
  readonly peakMs: Float64Array
  readonly forwardBytes: Float64Array
  readonly backwardBytes: Float64Array
  readonly outside: OutsideMs
  readonly cost: RankCost
}

/** Brings the rows of one rank together. */
export function rankLayers(
  rank: number,
  samples: readonly LayerSampleRow[],
  models: readonly LayerModelRow[],
  index: LayerIndex,
): RankLayers {
  const rows = placeRows(samples, models, index)
  const clock = rankClock(rows)
  const size = index.layers.length
  const { steps, unsteadyCount } = clock === null ? NO_STEPS : rankSteps(rows, clock)
  return {
    rank,
    clock,
    device: samples.findLast(({ device }) => device !== null)?.device ?? null,
    steps: steps.length > 0 ? steps.map(({ step }) => step) : memorySteps(rows),
    unsteadyCount,
    ...layerTimes(steps, clock ?? 'cpu', size),
    forwardBytes: largestBytes(rows.forward_memory, size),
    backwardBytes: largestBytes(rows.backward_memory, size),
    outside: outsideLayers(steps, clock ?? 'cpu'),
    cost: rankCost(steps),
  }
}

const NO_STEPS = { steps: [], unsteadyCount: 0 } as const

function memorySteps(rows: RankRows): readonly number[] {
  const steps = [...rows.forward_memory, ...rows.backward_memory].map(({ step }) => step)
  return [...new Set(steps)].toSorted((a, b) => a - b)
}

type LayerTimes = Pick<RankLayers, 'forwardMs' | 'backwardMs' | 'calls' | 'peakMs'>

/** Means a step. A layer that a step did not call took no time in it. */
function layerTimes(steps: readonly RankStep[], clock: LayerClock, size: number): LayerTimes {
  const forward = halfSums(size)
  const backward = halfSums(size)
  const calls = new Float64Array(size)
  const peakMs = new Float64Array(size).fill(Number.NaN)
  const inStep = new Float64Array(size)
  for (const step of steps) {
    inStep.fill(0)
    addHalf(forward, step.forward, clock, inStep)
    addHalf(backward, step.backward, clock, inStep)
    for (const { row, numbers } of step.forward) {
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i] as number
        calls[number] = (calls[number] as number) + (measured(row.n_calls?.[i]) ?? 0)
      }
    }
    for (let i = 0; i < size; i++) {
      if (!((inStep[i] as number) <= (peakMs[i] as number))) peakMs[i] = inStep[i] as number
    }
  }
  const isTimed = (i: number): boolean =>
    (forward.known[i] as number) > 0 || (backward.known[i] as number) > 0
  return {
    forwardMs: halfMeans(forward),
    backwardMs: halfMeans(backward),
    calls: calls.map((sum) => (sum > 0 ? sum / forward.steps : Number.NaN)),
    peakMs: peakMs.map((peak, i) => (isTimed(i) ? peak : Number.NaN)),
  }
}

/** Sums of one half of the steps, and in how many of them a layer was measured, and was not. */
interface HalfSums {
  steps: number
  readonly ms: Float64Array
  readonly known: Uint32Array
  readonly unknown: Uint32Array
}

function halfSums(size: number): HalfSums {
  return {
    steps: 0,
    ms: new Float64Array(size),
    known: new Uint32Array(size),
    unknown: new Uint32Array(size),
  }
}

function addHalf(
  sums: HalfSums,
  rows: readonly PlacedRow[],
  clock: LayerClock,
  inStep: Float64Array,
): void {
  if (rows.length > 0) sums.steps += 1
  for (const { row, numbers } of rows) {
    const times = timesOf(row, clock)
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i] as number
      const time = measured(times[i])
      if (time === null) {
        sums.unknown[number] = (sums.unknown[number] as number) + 1
        continue
      }
      sums.ms[number] = (sums.ms[number] as number) + time
      sums.known[number] = (sums.known[number] as number) + 1
      inStep[number] = (inStep[number] as number) + time
    }
  }
}

function halfMeans({ steps, ms, known, unknown }: HalfSums): Float64Array {
  return ms.map((sum, i) => (known[i] === 0 ? Number.NaN : sum / (steps - (unknown[i] as number))))
}

function largestBytes(rows: readonly PlacedRow[], size: number): Float64Array {
  const largest = new Float64Array(size).fill(Number.NaN)
  for (const { row, numbers } of rows) {
    for (let i = 0; i < numbers.length; i++) {
      const bytes = measured(row.values[i])
      const number = numbers[i] as number
      if (bytes !== null && !(bytes <= (largest[number] as number))) largest[number] = bytes
    }
  }
  return largest
}

function outsideLayers(steps: readonly RankStep[], clock: LayerClock): OutsideMs {
  return {
    forwardMs: outsideHalf(
      steps.map(({ forward }) => forward),
      clock,
    ),
    backwardMs: outsideHalf(
      steps.map(({ backward }) => backward),
      clock,
    ),
  }
}

function outsideHalf(steps: readonly (readonly PlacedRow[])[], clock: LayerClock): number | null {
  const outside = steps.flatMap((rows) => {
    const phase = phaseMs(rows, clock)
    // Clocks are read apart from each other: the layers may take a little more than the phase.
    return phase === null ? [] : Math.max(0, phase - layersMs(rows, clock))
  })
  return meanOf(outside)
}

function rankCost(steps: readonly RankStep[]): RankCost {
  const newest = steps.findLast(({ forward }) => forward.some(({ row }) => row.every !== null))
  const every = newest?.forward.find(({ row }) => row.every !== null)?.row.every ?? null
  const costs = steps.flatMap(({ forward }) => {
    const known = forward.flatMap(({ row }) => measured(row.cost_ms) ?? [])
    return known.length === 0 ? [] : known.reduce((sum, cost) => sum + cost, 0)
  })
  const costMs = median(costs)
  const stepMs = median(
    steps.flatMap(
      ({ forward }) => measured(forward.find(({ row }) => row.step_ms !== null)?.row.step_ms) ?? [],
    ),
  )
  const plainMs = stepMs === null || costMs === null ? 0 : stepMs - costMs
  return {
    every,
    sampledStepCostMs: costMs,
    costRatio:
      every === null || costMs === null || plainMs <= 0
        ? null
        : finiteRatio(costMs, every * plainMs),
  }
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
