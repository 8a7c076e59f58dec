/** Sum, count and extremes of the values seen so far; made by {@link runningStat}. */
export interface RunningStat {
  sum: number
  count: number
  max: number | null
  min: number | null
}

/** Returns an empty statistic. */
export function runningStat(): RunningStat {
  return { sum: 0, count: 0, max: null, min: null }
}

/**
 * Adds a value to a statistic in place; null is skipped.
 *
 * @param weight - How many times the value counts in the mean. Default 1.
 */
export function observe(stat: RunningStat, value: number | null, weight = 1): void {
  if (value === null) return
  stat.sum += value * weight
  stat.count += weight
  if (stat.max === null || value > stat.max) stat.max = value
  if (stat.min === null || value < stat.min) stat.min = value
}

/** Returns the mean, or null when nothing was seen or the sum left the range of a double. */
export function meanOf(stat: RunningStat): number | null {
  if (stat.count === 0) return null
  const mean = stat.sum / stat.count
  return Number.isFinite(mean) ? mean : null
}

/** Returns `max − min`, or null when nothing was seen. */
export function spanOf(stat: RunningStat): number | null {
  return stat.max === null || stat.min === null ? null : stat.max - stat.min
}
