const MIN_FIRST_WINDOW_MS = 500

/**
 * Decides when a figure that is a difference of two readings may be reported. The first one after
 * a start often covers a few milliseconds and would be noise, so it has to cover half a second;
 * until then the first reading stays the base.
 */
export interface RateWindow<Reading> {
  /** Takes the base reading. */
  prime(reading: Reading, nowMs: number): void
  /**
   * The reading to compare with and the milliseconds since then, or null when the figure is not
   * known yet. `reading` becomes the next base when a window was returned.
   */
  advance(reading: Reading, nowMs: number): { base: Reading; elapsedMs: number } | null
}

/** Makes a {@link RateWindow}. */
export function createRateWindow<Reading>(): RateWindow<Reading> {
  let base: { reading: Reading; atMs: number } | null = null
  let reported = false
  return {
    prime(reading, nowMs) {
      base = { reading, atMs: nowMs }
    },
    advance(reading, nowMs) {
      if (base === null) {
        base = { reading, atMs: nowMs }
        return null
      }
      const elapsedMs = nowMs - base.atMs
      if (elapsedMs <= 0 || (!reported && elapsedMs < MIN_FIRST_WINDOW_MS)) return null
      reported = true
      const window = { base: base.reading, elapsedMs }
      base = { reading, atMs: nowMs }
      return window
    },
  }
}
