import { InputError } from '@traceml/contracts'
import { medianInPlace } from './internal/select.js'

/** Numbers in which null, NaN and infinities are "not measured". */
export type Sample = ArrayLike<number | null>

/** The measured values of a sample in their order. */
function measured(values: Sample): Float64Array {
  const result = new Float64Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (typeof value === 'number' && Number.isFinite(value)) result[count++] = value
  }
  return result.subarray(0, count)
}

/** No infinity leaves: a result that overflowed is not a measurement. */
const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** Arithmetic mean of the measured values, summed left to right; null when there is none. O(n). */
export function mean(values: Sample): number | null {
  const kept = measured(values)
  let sum = 0
  for (const value of kept) sum += value
  return kept.length === 0 ? null : finiteOrNull(sum / kept.length)
}

/**
 * Median of the measured values: the middle one, or the mean of the two middle ones. Null when
 * there is none. Expected O(n).
 */
export function median(values: Sample): number | null {
  const kept = measured(values)
  return kept.length === 0 ? null : finiteOrNull(medianInPlace(kept, kept.length))
}

/**
 * Quantile of the measured values by linear interpolation between order statistics.
 *
 * @param quantile - 0 (minimum) to 1 (maximum).
 * @returns Null when nothing is measured. O(n log n).
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a quantile outside 0 to 1.
 */
export function quantileLinear(values: Sample, quantile: number): number | null {
  if (!(quantile >= 0 && quantile <= 1)) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      `quantile is ${String(quantile)}; give a number from 0 to 1.`,
    )
  }
  const sorted = measured(values).sort()
  const position = quantile * (sorted.length - 1)
  const low = sorted[Math.floor(position)]
  const high = sorted[Math.ceil(position)]
  if (low === undefined || high === undefined) return null
  return finiteOrNull(low + (high - low) * (position - Math.floor(position)))
}

/**
 * Median of the distances from the median: a spread that one outlier does not move. Null when
 * nothing is measured. Not scaled; times 1.4826 it estimates a normal standard deviation.
 */
export function medianAbsoluteDeviation(values: Sample): number | null {
  const kept = measured(values)
  const center = median(kept)
  return center === null ? null : median(kept.map((value) => Math.abs(value - center)))
}
