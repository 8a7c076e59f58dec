/** Probability that a standard normal value is above `z`; absolute error below 1e-7. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z)
  // Abramowitz and Stegun 26.2.17.
  const t = 1 / (1 + 0.2316419 * z)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}

/** The `z` that a standard normal value exceeds with this probability, between 1e-9 and 0.5. */
export function normalQuantile(tail: number): number {
  let low = 0
  let high = 6
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (normalTail(middle) > tail) low = middle
    else high = middle
  }
  return (low + high) / 2
}
