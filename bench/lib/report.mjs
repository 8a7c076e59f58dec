/**
 * @typedef {object} Figure
 * @property {string} id - Number of the target, for example `D1`.
 * @property {string} quantity - What was measured.
 * @property {string} unit
 * @property {number} ours - Median of this run.
 * @property {number} [limit] - The floor of the platform, measured in the same run.
 * @property {number} [aim] - What we want; `ours` must not be above it (below it with `higherIsBetter`).
 * @property {boolean} [higherIsBetter]
 * @property {string} [note] - How the limit was measured, or where the time goes.
 */

/** Hands one figure to the bench command. @param {Figure} figure */
export function report(figure) {
  process.stdout.write(`BENCH ${JSON.stringify(figure)}\n`)
}

/** Median of numbers. @param {readonly number[]} values @returns {number} */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Value below which the given fraction lies. @param {readonly number[]} values @param {number} fraction */
export function quantile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))]
}
