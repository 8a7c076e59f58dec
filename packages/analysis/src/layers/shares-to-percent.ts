/**
 * Rounds shares that add up to 1 to percentages that add up to exactly 100: each is rounded down,
 * and what is left of 100 goes to those that lost most. Shares that do not add up to 1 keep their sum.
 *
 * @param shares - 0 to 1; null is no part of the sum, and stays null.
 * @param decimals - Of the percentages; a whole number from 0.
 */
export function sharesToPercent(
  shares: readonly (number | null)[],
  decimals: number,
): readonly (number | null)[] {
  const unit = 100 * 10 ** decimals
  const exact = shares.map((share) => (share === null ? null : share * unit))
  const units = exact.map((value) => (value === null ? null : Math.floor(value + EPSILON)))
  const sumOf = (values: readonly (number | null)[]): number =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  let left = Math.round(sumOf(exact)) - sumOf(units)
  const byLoss = exact
    .map((value, i) => ({ i, loss: value === null ? -1 : value - (units[i] ?? 0) }))
    .toSorted((a, b) => b.loss - a.loss)
  for (const { i, loss } of byLoss) {
    if (left <= 0 || loss < 0) break
    units[i] = (units[i] ?? 0) + 1
    left -= 1
  }
  return units.map((value) => (value === null ? null : value / 10 ** decimals))
}

/** A whole unit that rounding errors made a little smaller is still whole. */
const EPSILON = 1e-6
