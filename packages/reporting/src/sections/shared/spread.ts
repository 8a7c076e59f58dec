import type { Spread } from '@traceml/contracts'

/** The figures of a spread; null for no values at all. O(n log n). */
export function spreadOf(values: Float64Array): Spread {
  const count = values.length
  let sum = 0
  for (let index = 0; index < count; index += 1) sum += values[index] as number
  const mean = count === 0 ? null : sum / count
  let squares = 0
  if (mean !== null) {
    for (let index = 0; index < count; index += 1)
      squares += ((values[index] as number) - mean) ** 2
  }
  const sorted = values.slice().sort()
  return {
    count,
    mean,
    standard_deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)),
    min: sorted[0] ?? null,
    p50: quantileOf(sorted, 0.5),
    p95: quantileOf(sorted, 0.95),
    p99: quantileOf(sorted, 0.99),
    max: sorted.at(-1) ?? null,
  }
}

/** Linear interpolation between the two nearest of sorted values. */
function quantileOf(sorted: Float64Array, quantile: number): number | null {
  const position = quantile * (sorted.length - 1)
  const low = sorted[Math.floor(position)]
  const high = sorted[Math.ceil(position)]
  if (low === undefined || high === undefined) return null
  return low + (high - low) * (position - Math.floor(position))
}
