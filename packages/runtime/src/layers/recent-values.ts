/** The newest values of a series, without memory of its own beyond their number. */
export interface RecentValues {
  readonly count: number
  add(value: number): void
  /** 0 when there are none. O(n log n). */
  median(): number
  /** Median absolute deviation from the median; 0 when there are none. O(n log n). */
  deviation(): number
}

/** @param size - Values that are kept. */
export function createRecentValues(size: number): RecentValues {
  const values = new Float64Array(size)
  let added = 0
  const held = (): Float64Array => values.slice(0, Math.min(added, size))
  const median = (): number => medianOf(held())
  return {
    get count() {
      return Math.min(added, size)
    },
    add(value) {
      values[added % size] = value
      added += 1
    },
    median,
    deviation() {
      const middle = median()
      return medianOf(held().map((value) => Math.abs(value - middle)))
    },
  }
}

/** Sorts its argument. */
function medianOf(values: Float64Array): number {
  values.sort()
  const middle = values.length / 2
  const upper = values[Math.floor(middle)] ?? 0
  return Number.isInteger(middle) ? ((values[middle - 1] ?? 0) + upper) / 2 : upper
}
