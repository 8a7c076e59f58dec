import { InputError } from '@traceml/contracts'
import { median } from '../statistics.js'
import { normalQuantile, normalTail } from './normal.js'

/** How sure a shift has to be. */
export interface RankShiftOptions {
  /** Coverage of the interval, above 0 and below 1. Default 0.95. */
  readonly confidence?: number
  /** What dependent values add to the variance of a mean; 1 (default) for independent ones. */
  readonly varianceInflation?: number
}

/** How far the values of one sample lie above those of another. */
export interface RankShift {
  /** Hodges–Lehmann estimate: the median of all differences `b - a`. */
  readonly shift: number
  /** Interval of the shift; null when the samples are too small or depend too much for any. */
  readonly interval: { readonly low: number; readonly high: number } | null
  /** Two-sided p-value of the Mann–Whitney test, normal approximation with ties. */
  readonly pValue: number
}

/**
 * Compares two samples by ranks: no shape of the noise is assumed and a few outliers decide nothing.
 *
 * O(|a| × |b|) in time and memory: meant for block means, not for thousands of values. Values must
 * be finite.
 *
 * @returns Null when a sample is empty.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a confidence outside 0 to 1.
 */
export function rankShift(
  a: Float64Array,
  b: Float64Array,
  options: RankShiftOptions = {},
): RankShift | null {
  const { confidence = 0.95, varianceInflation = 1 } = options
  if (!(confidence > 0 && confidence < 1)) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `confidence is ${String(confidence)}; give a number between 0 and 1, for example 0.95.`,
    )
  }
  const pairs = a.length * b.length
  if (pairs === 0) return null
  const differences = new Float64Array(pairs)
  let higher = 0
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      const difference = (b[j] as number) - (a[i] as number)
      differences[i * b.length + j] = difference
      higher += difference > 0 ? 1 : difference === 0 ? 0.5 : 0
    }
  }
  differences.sort()
  const inflation = Math.max(1, varianceInflation)
  const total = a.length + b.length
  const deviation = Math.sqrt((pairs * (total + 1) * inflation) / 12)
  // Order statistics are counted from 1: below the first one there is no bound.
  const rank = Math.floor(pairs / 2 - normalQuantile((1 - confidence) / 2) * deviation) - 1
  const low = differences[rank]
  const high = differences[pairs - 1 - rank]
  return {
    shift: median(differences) ?? 0,
    interval: low === undefined || high === undefined ? null : { low, high },
    pValue: pValueOf(higher - pairs / 2, deviation * Math.sqrt(tieFactor(a, b))),
  }
}

function pValueOf(distance: number, deviation: number): number {
  if (deviation === 0) return 1
  // Half a pair less: the continuity correction of the test.
  return Math.min(1, 2 * normalTail(Math.max(0, Math.abs(distance) - 0.5) / deviation))
}

/** What equal values take from the variance of the test: 1 without ties, 0 when all are equal. */
function tieFactor(a: Float64Array, b: Float64Array): number {
  const all = Float64Array.from([...a, ...b]).sort()
  let ties = 0
  for (let start = 0; start < all.length; ) {
    let end = start + 1
    while (end < all.length && all[end] === all[start]) end += 1
    ties += (end - start) ** 3 - (end - start)
    start = end
  }
  return 1 - ties / (all.length ** 3 - all.length)
}
