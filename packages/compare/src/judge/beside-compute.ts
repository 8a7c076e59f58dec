import {
  blockMeans,
  type SeriesRatio,
  type SeriesRatioConfig,
  seriesRatio,
} from '@traceml/analysis'

/** Step times of one run and the compute within each of them, both in milliseconds. */
export interface PacedSteps {
  readonly values: Float64Array
  readonly computeMs: Float64Array | null
}

/** Part of all pairs of pieces, one of each run, that must show the change in its direction. */
const MIN_PAIRS = 0.9

/**
 * The interval of a change whose step times wander too much by themselves, from how long the steps
 * are beside their own compute. Other load on a machine comes and goes and stretches all parts of a
 * step alike; an input that became ten times as fast does not. What both the step times and that
 * ratio say is neither chance nor load. Compute must have run on the processor of the other parts.
 *
 * @returns From no correction for load to all of it; null when it stays open.
 */
export function besideCompute(
  lhs: PacedSteps,
  rhs: PacedSteps,
  ratio: number,
  config: SeriesRatioConfig,
): SeriesRatio['interval'] {
  const [a, b] = [perCompute(lhs), perCompute(rhs)]
  const paced = a === null || b === null ? null : (seriesRatio(a, b, config)?.interval ?? null)
  if (paced === null) return null
  const agrees = ratio < 1 ? paced.high < 1 : paced.low > 1
  if (!agrees || pairsInDirection(lhs.values, rhs.values, ratio, config.blocks) < MIN_PAIRS) {
    return null
  }
  return { low: Math.min(ratio, paced.low), high: Math.max(ratio, paced.high) }
}

function perCompute({ values, computeMs }: PacedSteps): Float64Array | null {
  return computeMs?.every((ms) => ms > 0) === true
    ? values.map((value, index) => value / (computeMs[index] as number))
    : null
}

function pairsInDirection(a: Float64Array, b: Float64Array, ratio: number, blocks: number): number {
  const [left, right] = [blockMeans(a, blocks), blockMeans(b, blocks)]
  let count = 0
  for (const before of left) {
    for (const after of right) if (after < before === ratio < 1) count += 1
  }
  return count / (left.length * right.length)
}
