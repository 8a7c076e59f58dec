const CAPACITY = 255

/** The median of the newest values. */
export interface RecentMedian {
  /** Values so far, not only the newest. */
  readonly count: number
  add(value: number): void
  /** Null without a value. */
  read(): number | null
}

/** Creates a median of the newest 255 values: bounded, and cheap to add to. */
export function createRecentMedian(): RecentMedian {
  const values = new Float64Array(CAPACITY)
  let count = 0
  return {
    get count() {
      return count
    },
    add(value) {
      values[count % CAPACITY] = value
      count += 1
    },
    read() {
      if (count === 0) return null
      const sorted = values.slice(0, Math.min(count, CAPACITY)).sort()
      const middle = sorted.length >> 1
      const upper = sorted[middle] as number
      return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2
    },
  }
}
