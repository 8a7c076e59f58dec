import { median } from './statistics.js'

/** How a series is cut before its trend is tested. */
export interface RobustTrendConfig {
  /** Blocks at most; their medians are compared, so that neighbouring values may depend. */
  readonly maxBlocks: number
  /** Values of a block, at least. */
  readonly minBlockSize: number
}

/** Whether a series rises, as its blocks of consecutive values say. */
export interface RobustTrend {
  /**
   * Mann–Kendall score of the block medians, corrected for the dependence that is left between
   * them: the number of standard deviations away from a series without a trend.
   */
  readonly score: number
  /** Part of the pairs of blocks in which the later one is higher; ties count half. 0 to 1. */
  readonly risingPairRatio: number
  /** Slope of the line through the block medians, per value of the series. */
  readonly slope: number
  /** Two levels with one jump between them fit the blocks better than a line. */
  readonly isStep: boolean
}

/**
 * Tests a series for a trend, oldest value first; null with fewer than 8 blocks.
 *
 * O(n + blocks²). Values must be finite.
 */
export function analyzeRobustTrend(
  series: Float64Array,
  { maxBlocks, minBlockSize }: RobustTrendConfig,
): RobustTrend | null {
  const count = Math.min(maxBlocks, Math.floor(series.length / minBlockSize))
  if (count < 8) return null
  const edge = (block: number): number => Math.floor((block * series.length) / count)
  const levels = Float64Array.from(
    { length: count },
    (_, block) => median(series.subarray(edge(block), edge(block + 1))) ?? 0,
  )
  const line = fitLine(levels)
  let concordance = 0
  for (let j = 1; j < count; j++) {
    for (let i = 0; i < j; i++) {
      concordance += Math.sign((levels[j] as number) - (levels[i] as number))
    }
  }
  const pairs = (count * (count - 1)) / 2
  const variance = ((pairs * (2 * count + 5)) / 9) * line.varianceInflation
  return {
    // One less than the count of pairs: the continuity correction of the test.
    score: (Math.sign(concordance) * Math.max(0, Math.abs(concordance) - 1)) / Math.sqrt(variance),
    risingPairRatio: (concordance / pairs + 1) / 2,
    slope: (line.slope * count) / series.length,
    isStep: bestStepError(levels) < line.error,
  }
}

/** Part of the variance that a line explains from which on it is not a wander of noise. */
const CLEAR_FIT = 0.9

/** Least squares, the sum of squared errors, and what dependent errors add to a variance. */
function fitLine(levels: Float64Array): {
  readonly slope: number
  readonly error: number
  readonly varianceInflation: number
} {
  const count = levels.length
  const middle = (count - 1) / 2
  const mean = levels.reduce((sum, level) => sum + level, 0) / count
  let slope = 0
  for (let i = 0; i < count; i++) slope += (i - middle) * ((levels[i] as number) - mean)
  slope /= (count * (count * count - 1)) / 12
  const errors = levels.map((level, i) => level - mean - slope * (i - middle))
  let error = 0
  let product = 0
  for (let i = 0; i < count; i++) {
    error += (errors[i] as number) ** 2
    if (i > 0) product += (errors[i] as number) * (errors[i - 1] as number)
  }
  // Around a line that explains nearly everything, errors show its bend rather than dependent noise.
  const isNoisy = error > (1 - CLEAR_FIT) * (error + (slope * slope * (count ** 3 - count)) / 12)
  const dependence = isNoisy ? Math.min(0.9, Math.max(0, product / error)) : 0
  return { slope, error, varianceInflation: (1 + dependence) / (1 - dependence) }
}

/** Smallest sum of squared errors of two constant levels. */
function bestStepError(levels: Float64Array): number {
  const count = levels.length
  const sum = levels.reduce((total, level) => total + level, 0)
  const squares = levels.reduce((total, level) => total + (level - sum / count) ** 2, 0)
  let best = squares
  let before = 0
  for (let split = 1; split < count; split++) {
    before += levels[split - 1] as number
    const difference = before / split - (sum - before) / (count - split)
    best = Math.min(best, squares - (difference ** 2 * split * (count - split)) / count)
  }
  return best
}
