const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** The series with at most `points` values: of values that share a point the largest stands for all. */
export function largestPerPoint(
  values: readonly (number | null)[],
  points: number,
): readonly (number | null)[] {
  if (values.length <= points) return values
  return Array.from({ length: points }, (_, index) => {
    const from = Math.floor((index * values.length) / points)
    const to = Math.floor(((index + 1) * values.length) / points)
    let largest: number | null = null
    for (const value of values.slice(from, to)) {
      if (value !== null && (largest === null || value > largest)) largest = value
    }
    return largest
  })
}

/**
 * A series as one row of blocks, oldest first, at most `columns` wide. The lowest value has the
 * lowest block and the highest the highest, so small changes of a steady series are visible; a
 * series that hardly moves (less than 2 %) is drawn flat. Unknown values are a gap.
 *
 * @param range - Values of the lowest and the highest block instead of those of the series.
 */
export function sparkline(
  values: readonly (number | null)[],
  columns: number,
  range?: readonly [number, number],
): string {
  const points = largestPerPoint(values, columns)
  const known = points.filter((value) => value !== null)
  if (known.length === 0) return ''
  const [low, high] = range ?? [Math.min(...known), Math.max(...known)]
  const span = high - low
  const isFlat = range === undefined && span <= Math.abs(high) * 0.02
  return points
    .map((value) => {
      if (value === null) return ' '
      const share = Math.min(1, Math.max(0, (value - low) / span))
      return LEVELS[isFlat ? 2 : Math.round(share * (LEVELS.length - 1))] ?? ' '
    })
    .join('')
}
