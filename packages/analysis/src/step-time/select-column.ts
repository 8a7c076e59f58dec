import { pickRows } from '../internal/select.js'
import type { RowSelection } from './align.js'

/** Longer durations count as not measured: their sums would overflow. Milliseconds. */
const MAX_DURATION_MS = 1e100

/**
 * The window's values of one stored column, without gaps.
 *
 * A required phase needs a value in every row, else it is not measured in this window at all. An
 * occurrence-driven one needs a single value; the rows without one took no time.
 *
 * @returns Milliseconds per window step, a view of `source` where nothing had to be changed; null
 * when not measured.
 */
export function selectColumn(
  source: Float64Array,
  rows: RowSelection,
  required: boolean,
): Float64Array | null {
  const { start, count, indices } = rows
  const values =
    indices === null ? source.subarray(start, start + count) : pickRows(source, indices)
  let measured = 0
  let isClean = true
  for (let i = 0; i < count; i++) {
    const value = values[i] as number
    if (Math.abs(value) <= MAX_DURATION_MS) measured += 1
    if (!(value >= 0 && value <= MAX_DURATION_MS)) isClean = false
  }
  if (measured === 0 || (required && measured < count)) return null
  if (isClean) return values
  return values.map((value) => (value > 0 && value <= MAX_DURATION_MS ? value : 0))
}
