import type { RankIdentity } from '@traceml/contracts'
import { largestBy } from '../shared/extremes.js'
import { measuredInteger, measuredText } from '../shared/measured.js'
import type { StepMemorySampleInput } from './input.js'
import type { StepMemoryMetricSource } from './metrics.js'
import type { RowsByRank, RowsByStep } from './peaks.js'
import type { StepMemoryMetric, StepMemoryRank } from './signals.js'

/** What a metric covers. */
export interface MetricCoverage {
  readonly windowSize: number
  readonly completedStep: number
  readonly ranksExpected: number
}

/** One rank's values of a metric at every aligned step, in bytes. */
export interface AlignedColumn extends Pick<StepMemoryRank, 'globalRank' | 'identity' | 'device'> {
  readonly seriesBytes: Float64Array
}

/**
 * Combines the aligned values of all ranks into one metric. O(ranks × steps × log ranks).
 *
 * @param byRank - Every rank has a row with this metric at every one of the steps.
 * @param steps - Ascending, at least one.
 */
export function combineMetric(
  source: StepMemoryMetricSource,
  byRank: RowsByRank,
  steps: readonly number[],
  coverage: MetricCoverage,
): StepMemoryMetric {
  const aligned = [...byRank.entries()].map(([rank, rows]) =>
    alignedColumn(rank, rows.get(steps.at(-1) ?? 0), columnOf(source, rows, steps)),
  )
  return combineColumns(source.name, aligned, steps, coverage)
}

/**
 * Combines aligned columns, ascending by rank, into one metric. O(ranks × steps × log ranks).
 *
 * @param steps - Ascending, at least one; every column has one value a step.
 */
export function combineColumns(
  name: string,
  aligned: readonly AlignedColumn[],
  steps: readonly number[],
  coverage: MetricCoverage,
): StepMemoryMetric {
  const columns = aligned.map((column) => column.seriesBytes)
  const ranks = aligned.map(rankOf)
  const medianBytes: number[] = []
  const worstBytes: number[] = []
  const scratch = new Float64Array(columns.length)
  for (let index = 0; index < steps.length; index += 1) {
    for (let rank = 0; rank < columns.length; rank += 1) {
      scratch[rank] = (columns[rank] as Float64Array)[index] as number
    }
    if (scratch.length > 1) scratch.sort()
    medianBytes.push(middleOf(scratch))
    worstBytes.push(scratch.at(-1) ?? 0)
  }
  const peaks = Float64Array.from(ranks, (rank) => rank.peakBytes).sort()
  const medianPeakBytes = middleOf(peaks)
  const worst = largestBy(ranks, (rank) => rank.peakBytes)
  const worstPeakBytes = worst?.value ?? 0
  const worstToMedian = medianPeakBytes > 0 ? worstPeakBytes / medianPeakBytes : 0
  // A median next to nothing makes no comparison either.
  const isComparable = medianPeakBytes > 0 && Number.isFinite(worstToMedian)
  return {
    metric: name,
    device: mostFrequent(ranks.map((rank) => rank.device)),
    steps,
    medianBytes,
    worstBytes,
    ranks,
    windowSize: coverage.windowSize,
    stepsUsed: steps.length,
    medianPeakBytes,
    worstPeakBytes,
    worstRank: worst?.item.globalRank ?? 0,
    worstToMedianRatio: isComparable ? worstToMedian : 0,
    skewRatio: isComparable ? (worstPeakBytes - medianPeakBytes) / medianPeakBytes : 0,
    completedStep: coverage.completedStep,
    ranksExpected: coverage.ranksExpected,
    ranksPresent: ranks.length,
    incomplete: ranks.length < coverage.ranksExpected,
  }
}

function columnOf(
  source: StepMemoryMetricSource,
  rows: RowsByStep,
  steps: readonly number[],
): Float64Array {
  const column = new Float64Array(steps.length)
  for (const [index, step] of steps.entries()) {
    const row = rows.get(step)
    column[index] = (row === undefined ? null : source.read(row)) ?? 0
  }
  return column
}

function rankOf(column: AlignedColumn): StepMemoryRank {
  let peakBytes = Number.NEGATIVE_INFINITY
  let sum = 0
  const { seriesBytes } = column
  // By index: a report is made once, before the engine has learned what an iterator of numbers is.
  for (let index = 0; index < seriesBytes.length; index += 1) {
    const value = seriesBytes[index] as number
    if (value > peakBytes) peakBytes = value
    sum += value
  }
  return { ...column, peakBytes, meanBytes: sum / seriesBytes.length }
}

function alignedColumn(
  globalRank: number,
  row: StepMemorySampleInput | undefined,
  seriesBytes: Float64Array,
): AlignedColumn {
  const identity: RankIdentity = {
    global_rank: globalRank,
    local_rank: measuredInteger(row?.local_rank),
    node_rank: measuredInteger(row?.node_rank),
    hostname: measuredText(row?.hostname),
    local_world_size: measuredInteger(row?.local_world_size),
    world_size: measuredInteger(row?.world_size),
  }
  return { globalRank, identity, device: measuredText(row?.device), seriesBytes }
}

/** Median of sorted values: the middle one, or the mean of the two middle ones. */
function middleOf(sorted: Float64Array): number {
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2
}

/** The label that occurs most; the one that sorts first wins a tie. */
function mostFrequent(labels: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>()
  for (const label of labels) if (label) counts.set(label, (counts.get(label) ?? 0) + 1)
  const ordered = [...counts.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return largestBy(ordered, ([, count]) => count)?.item[0] ?? null
}
