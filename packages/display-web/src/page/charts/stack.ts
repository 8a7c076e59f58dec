/**
 * Sums from the first part upwards, so that drawing the last sum first and the others over it shows
 * each part with its own height. A part that is not known adds nothing; where no part is known there
 * is a gap.
 *
 * @param parts - Shape [parts][points].
 * @returns Shape [parts][points].
 */
export function stack(
  parts: readonly (readonly (number | null)[])[],
): readonly (number | null)[][] {
  const length = parts[0]?.length ?? 0
  const sums = parts.map(() => new Array<number | null>(length).fill(null))
  for (let point = 0; point < length; point += 1) {
    if (parts.every((part) => (part[point] ?? null) === null)) continue
    let sum = 0
    parts.forEach((part, index) => {
      sum += part[point] ?? 0
      const own = sums[index]
      if (own !== undefined) own[point] = sum
    })
  }
  return sums
}
