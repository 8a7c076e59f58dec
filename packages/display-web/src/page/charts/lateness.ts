/**
 * How much longer than the median of its step each rank took, as a fraction: 0.2 is 20 % longer.
 * Negative where it was faster, null where its time is not known or nobody else's is.
 *
 * @param times - Milliseconds; shape [ranks][steps].
 * @returns Shape [ranks][steps].
 */
export function lateness(
  times: readonly (readonly (number | null)[])[],
): readonly (readonly (number | null)[])[] {
  const stepCount = Math.max(0, ...times.map((row) => row.length))
  const medians = Array.from({ length: stepCount }, (_, step) =>
    median(times.flatMap((row) => row[step] ?? [])),
  )
  return times.map((row) =>
    row.map((time, step) => {
      const middle = medians[step] ?? null
      return time === null || middle === null || middle <= 0 ? null : time / middle - 1
    }),
  )
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((left, right) => left - right)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2
}
