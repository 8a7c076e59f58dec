import type { RankMemoryColumns, StepMemoryColumns } from '@traceml/contracts'
import { measured } from '../shared/measured.js'
import { type AlignedColumn, combineColumns } from './combine.js'
import { lookbackOf } from './peaks.js'
import type { StepMemoryMetric } from './signals.js'

/** A figure of step memory: its name and the column that holds it. */
const METRICS: readonly (readonly [string, 'allocatedBytes' | 'reservedBytes'])[] = [
  ['peak_allocated', 'allocatedBytes'],
  ['peak_reserved', 'reservedBytes'],
]

/** The usable steps of a rank: those that have every metric. */
interface UsableSteps {
  readonly rank: RankMemoryColumns
  readonly steps: Float64Array
  /** Where each of them stands in the columns; null: one after the other, from `first`. */
  readonly positions: Int32Array | null
  readonly first: number
}

/**
 * Returns the metrics of a finished run, over the newest steps that all ranks share; none when the
 * ranks share no step. The same as `alignSummaryMetrics` gives for rows. O(ranks × steps).
 *
 * @param windowSteps - Aligned steps at most, ≥ 1.
 */
export function alignMemoryColumns(
  window: StepMemoryColumns,
  windowSteps: number,
): readonly StepMemoryMetric[] {
  const usable = window.ranks
    .map((rank) => usableSteps(rank, lookbackOf(windowSteps)))
    .filter(({ steps }) => steps.length > 0)
  const common = commonSteps(usable).slice(-windowSteps)
  const steps = Array.from(common)
  const completedStep = steps.at(-1)
  if (completedStep === undefined) return []
  const coverage = { windowSize: windowSteps, completedStep, ranksExpected: window.ranksSeen }
  const rows = usable.map((each) => positionsOf(each, common))
  return METRICS.map(([name, key]) => {
    const aligned = usable.map(
      ({ rank }, index): AlignedColumn => ({
        globalRank: rank.globalRank,
        identity: rank.identity,
        device: rank.device,
        seriesBytes: pick(rank[key], rows[index] as Int32Array),
      }),
    )
    return combineColumns(name, aligned, steps, coverage)
  })
}

function usableSteps(rank: RankMemoryColumns, limit: number): UsableSteps {
  const { steps, allocatedBytes, reservedBytes } = rank
  const isUsable = (at: number): boolean =>
    measured(allocatedBytes[at]) !== null && measured(reservedBytes[at]) !== null
  let count = 0
  for (let at = 0; at < steps.length; at += 1) if (isUsable(at)) count += 1
  if (count === steps.length) {
    const first = Math.max(0, steps.length - limit)
    return { rank, steps: steps.subarray(first), positions: null, first }
  }
  const positions = new Int32Array(count)
  let next = 0
  for (let at = 0; at < steps.length; at += 1) if (isUsable(at)) positions[next++] = at
  const newest = positions.slice(-limit)
  const kept = Float64Array.from(newest, (at) => steps[at] as number)
  return { rank, steps: kept, positions: newest, first: 0 }
}

/** The steps that every rank has, ascending; none without ranks. */
function commonSteps(ranks: readonly UsableSteps[]): Float64Array {
  const [first, ...others] = ranks
  let common = first?.steps ?? new Float64Array(0)
  for (const { steps } of others) common = intersection(common, steps)
  return common
}

/** Of two ascending lists; the first itself when they are equal. */
function intersection(a: Float64Array, b: Float64Array): Float64Array {
  if (isSame(a, b)) return a
  const both = new Float64Array(Math.min(a.length, b.length))
  let count = 0
  let at = 0
  for (const step of a) {
    while (at < b.length && (b[at] as number) < step) at += 1
    if (b[at] === step) both[count++] = step
  }
  return both.slice(0, count)
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false
  return true
}

/** Where the common steps stand in the columns of a rank. */
function positionsOf(usable: UsableSteps, common: Float64Array): Int32Array {
  const { steps, positions, first } = usable
  const found = new Int32Array(common.length)
  let at = 0
  for (let index = 0; index < common.length; index += 1) {
    const step = common[index] as number
    while ((steps[at] as number) < step) at += 1
    found[index] = positions === null ? first + at : (positions[at] as number)
  }
  return found
}

function pick(column: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length)
  for (let index = 0; index < rows.length; index += 1) {
    picked[index] = column[rows[index] as number] as number
  }
  return picked
}
