import { medianAbsoluteDeviation } from '../statistics.js'
import { blockMeans, neighbourDependence } from './blocks.js'
import { rankShift } from './rank-shift.js'

/** How two series are cut and compared. */
export interface SeriesRatioConfig {
  /** Blocks that the shorter series is cut into; the other one gets blocks of the same length. */
  readonly blocks: number
  /** Values of a block, at least: single values depend on their neighbours too much. */
  readonly minBlockSize: number
  /** With fewer blocks in one of the series nothing is said. At least 2. */
  readonly minBlocks: number
  /** Coverage of the interval, above 0 and below 1. */
  readonly confidence: number
}

/** How much larger one series is than another. */
export interface SeriesRatio {
  /** Typical value of `b` as a multiple of `a`: 1.05 is 5 % more. */
  readonly ratio: number
  /** Where the ratio lies with the confidence asked for; null when the noise leaves it open. */
  readonly interval: { readonly low: number; readonly high: number } | null
  /** Two-sided p-value of no difference. */
  readonly pValue: number
  readonly blocks: { readonly a: number; readonly b: number }
  /** How far the blocks of a series lie apart, the larger of both: a robust deviation of logarithms. */
  readonly spread: number
  /** Correlation of neighbouring blocks, 0 to 0.9; what it costs is in the interval. */
  readonly dependence: number
}

/**
 * Compares two series of positive durations whose neighbouring values depend on each other.
 *
 * Each series is cut into blocks of consecutive values. The logarithms of their means are compared
 * by ranks (Mann–Whitney, Hodges–Lehmann), and the dependence that is left between neighbouring
 * blocks widens the interval. Both the mean cost of what recurs and a slow wander are in the blocks,
 * so neither is taken for a difference. Where that leaves everything open, series that lie further
 * apart than either of them ever wandered still differ: by something between the nearest and the
 * farthest two blocks. What differs between two runs as a whole (another machine,
 * a warmer one) cannot be seen from within them: ask for a minimum effect as well.
 *
 * O(n + blocks² · longer / shorter).
 *
 * @returns Null when a series has fewer than `minBlocks` blocks or a value that is not positive.
 */
export function seriesRatio(
  a: Float64Array,
  b: Float64Array,
  config: SeriesRatioConfig,
): SeriesRatio | null {
  const { blocks, minBlockSize, minBlocks, confidence } = config
  // Blocks of one length: a rare cost would be in every long block, and in few of the short ones.
  const shorter = Math.min(a.length, b.length)
  const size = Math.max(1, minBlockSize, Math.floor(shorter / blocks))
  const [left, right] = [logarithms(a, size), logarithms(b, size)]
  if (left === null || right === null) return null
  if (Math.min(left.length, right.length) < Math.max(2, minBlocks)) return null
  const dependence = (neighbourDependence(left) + neighbourDependence(right)) / 2
  const varianceInflation = (1 + dependence) / (1 - dependence)
  const found = rankShift(left, right, { confidence, varianceInflation })
  if (found === null) return null
  const interval = found.interval ?? clearGap(left, right)
  return {
    ratio: Math.exp(found.shift),
    interval:
      interval === null ? null : { low: Math.exp(interval.low), high: Math.exp(interval.high) },
    pValue: found.pValue,
    blocks: { a: left.length, b: right.length },
    spread: Math.max(deviation(left), deviation(right)),
    dependence,
  }
}

/** Scales a median absolute deviation to the standard deviation of a normal distribution. */
const MAD_TO_DEVIATION = 1.4826

function deviation(values: Float64Array): number {
  return MAD_TO_DEVIATION * (medianAbsoluteDeviation(values) ?? 0)
}

function logarithms(values: Float64Array, blockSize: number): Float64Array | null {
  const means = blockMeans(values, Math.floor(values.length / blockSize))
  return means.every((mean) => mean > 0 && Number.isFinite(mean)) ? means.map(Math.log) : null
}

/** All differences of two samples whose gap is at least as wide as each of them; else null. */
function clearGap(
  a: Float64Array,
  b: Float64Array,
): { readonly low: number; readonly high: number } | null {
  const [aLow, aHigh] = [Math.min(...a), Math.max(...a)]
  const [bLow, bHigh] = [Math.min(...b), Math.max(...b)]
  const gap = Math.max(bLow - aHigh, aLow - bHigh)
  if (gap <= 0 || gap < Math.max(aHigh - aLow, bHigh - bLow)) return null
  return { low: bLow - aHigh, high: bHigh - aLow }
}
