/** Moves the `k`-th smallest of `values[0..count)` to position `k`; smaller ones end up before it. */
function quickSelect(values: Float64Array, count: number, k: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const pivot = values[(low + high) >>> 1] as number
    let i = low
    let j = high
    while (i <= j) {
      while ((values[i] as number) < pivot) i++
      while ((values[j] as number) > pivot) j--
      if (i <= j) {
        const swapped = values[i] as number
        values[i++] = values[j] as number
        values[j--] = swapped
      }
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return values[k] as number
}

/**
 * Median of `values[0..count)`, reordering them. No value may be NaN; `count` is at least 1.
 * Expected O(count), no allocation.
 */
export function medianInPlace(values: Float64Array, count: number): number {
  const middle = count >>> 1
  const upper = quickSelect(values, count, middle)
  if (count % 2 === 1) return upper
  let lower = values[0] as number
  for (let i = 1; i < middle; i++) lower = Math.max(lower, values[i] as number)
  return (lower + upper) / 2
}

/** The values of a column in the given rows, in their order. */
export function pickRows(column: Float64Array, rows: Int32Array): Float64Array<ArrayBuffer> {
  const picked = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i] as number] as number
  return picked
}
