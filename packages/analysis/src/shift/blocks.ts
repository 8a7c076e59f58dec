/**
 * Means of `count` blocks of consecutive values, as equal in length as possible; all values when
 * there are fewer than `count`. Neighbouring values may depend on each other, block means hardly do.
 */
export function blockMeans(values: Float64Array, count: number): Float64Array<ArrayBuffer> {
  const blocks = Math.min(count, values.length)
  return Float64Array.from({ length: blocks }, (_, block) => {
    const start = Math.floor((block * values.length) / blocks)
    const end = Math.floor(((block + 1) * values.length) / blocks)
    let sum = 0
    for (let i = start; i < end; i++) sum += values[i] as number
    return sum / (end - start)
  })
}

/** Dependence that is assumed at most: beyond it a series is one slow wander. */
const MAX_DEPENDENCE = 0.9

/**
 * Correlation of each value with the next one, 0 to 0.9, corrected for the downward bias of short
 * series; 0 with fewer than 5 values or without any spread.
 */
export function neighbourDependence(values: Float64Array): number {
  const count = values.length
  if (count < 5) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  let square = 0
  let product = 0
  for (let i = 0; i < count; i++) {
    const error = (values[i] as number) - mean
    square += error * error
    if (i > 0) product += error * ((values[i - 1] as number) - mean)
  }
  if (square === 0) return 0
  // E[r] is about rho - (1 + 3 rho) / n.
  const corrected = (product / square + 1 / count) / (1 - 3 / count)
  return Math.min(MAX_DEPENDENCE, Math.max(0, corrected))
}
