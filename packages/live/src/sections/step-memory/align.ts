import { median } from '@traceml/analysis'
import type { RankIdentity } from '@traceml/contracts'
import type { StepMemoryMetric, StepMemoryRank } from '@traceml/diagnostics'
import type { RankState } from '../../rank-state.js'
import type { ColumnsView } from '../../steps/step-columns.js'

/** Aligned steps at most: the window of the live policy. */
const WINDOW_STEPS = 400
const NOBODY: RankIdentity = {
  global_rank: null,
  local_rank: null,
  node_rank: null,
  hostname: null,
  local_world_size: null,
  world_size: null,
}

/** A rank and its values of one kind of memory; shape [steps]. */
interface Column {
  readonly rank: RankState
  readonly values: Float64Array
}

/**
 * One kind of memory over the newest steps that all ranks with it share; null when there are none.
 *
 * @param slot - Where the ranks have it. @internal
 */
export function alignMemory(
  metric: string,
  slot: number,
  ranks: readonly RankState[],
): StepMemoryMetric | null {
  const measuring = ranks.flatMap((rank) => {
    const view = measuredRows(rank.memory.view(), slot)
    return view.steps.length === 0 ? [] : [{ rank, view }]
  })
  const steps = commonSteps(measuring.map(({ view }) => view.steps))
  if (steps.length === 0) return null
  const columns = measuring.map(({ rank, view }) => ({ rank, values: pick(view, steps) }))
  return combine(metric, steps, columns, ranks.length)
}

interface MeasuredRows {
  readonly steps: Float64Array
  readonly values: Float64Array
}

/** The steps with a value; usually all of them, which are then not copied. */
function measuredRows({ steps, values }: ColumnsView, slot: number): MeasuredRows {
  const column = values[slot] ?? new Float64Array(0)
  const isFull = column.every((value) => !Number.isNaN(value))
  if (isFull) return { steps, values: column }
  const kept = steps.map((_, index) => index).filter((index) => !Number.isNaN(column[index] ?? NaN))
  return {
    steps: kept.map((index) => steps[index] as number),
    values: kept.map((index) => column[index] as number),
  }
}

/** Steps that stand in every one of the ascending lists, the newest of them. */
function commonSteps(all: readonly Float64Array[]): Float64Array {
  const [first, ...others] = all
  if (first === undefined) return new Float64Array(0)
  const isSame = others.every(
    (steps) =>
      steps.length === first.length &&
      steps[0] === first[0] &&
      steps[steps.length - 1] === first[first.length - 1] &&
      steps.every((step, index) => step === first[index]),
  )
  if (isSame) return first.subarray(-WINDOW_STEPS)
  const sets = others.map((steps) => new Set(steps))
  return first.filter((step) => sets.every((steps) => steps.has(step))).subarray(-WINDOW_STEPS)
}

/** The values at those steps, all of which are there. */
function pick({ steps, values }: MeasuredRows, wanted: Float64Array): Float64Array {
  const offset = steps.length - wanted.length
  if (steps[offset] === wanted[0] && steps[steps.length - 1] === wanted[wanted.length - 1]) {
    return values.subarray(offset)
  }
  let at = 0
  return wanted.map((step) => {
    while ((steps[at] as number) < step) at += 1
    return values[at] as number
  })
}

function combine(
  metric: string,
  steps: Float64Array,
  columns: readonly Column[],
  ranksExpected: number,
): StepMemoryMetric {
  const medianBytes = new Array<number>(steps.length)
  const worstBytes = new Array<number>(steps.length)
  const scratch = new Float64Array(columns.length)
  for (let index = 0; index < steps.length; index += 1) {
    let worst = 0
    for (let rank = 0; rank < columns.length; rank += 1) {
      const value = (columns[rank] as Column).values[index] as number
      scratch[rank] = value
      if (value > worst) worst = value
    }
    medianBytes[index] = median(scratch) ?? 0
    worstBytes[index] = worst
  }
  const ranks = columns.map(rankOf)
  const peaks = Float64Array.from(ranks, ({ peakBytes }) => peakBytes)
  const medianPeakBytes = median(peaks) ?? 0
  const worst = ranks.reduce((most, rank) => (rank.peakBytes > most.peakBytes ? rank : most))
  const ratio = medianPeakBytes > 0 ? worst.peakBytes / medianPeakBytes : 0
  return {
    metric,
    device: ranks[0]?.device ?? null,
    steps: Array.from(steps),
    medianBytes,
    worstBytes,
    ranks,
    windowSize: WINDOW_STEPS,
    stepsUsed: steps.length,
    medianPeakBytes,
    worstPeakBytes: worst.peakBytes,
    worstRank: worst.globalRank,
    worstToMedianRatio: ratio,
    skewRatio: ratio > 0 ? (worst.peakBytes - medianPeakBytes) / medianPeakBytes : 0,
    completedStep: steps[steps.length - 1] ?? null,
    ranksExpected,
    ranksPresent: ranks.length,
    incomplete: ranks.length < ranksExpected,
  }
}

function rankOf({ rank, values }: Column): StepMemoryRank {
  let peakBytes = 0
  let sum = 0
  for (const value of values) {
    if (value > peakBytes) peakBytes = value
    sum += value
  }
  return {
    globalRank: rank.globalRank,
    identity: rank.identity ?? NOBODY,
    device: rank.device,
    peakBytes,
    meanBytes: sum / values.length,
    seriesBytes: values,
  }
}
