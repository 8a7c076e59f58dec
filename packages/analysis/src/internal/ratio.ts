/** A quotient, or null where it is not a finite number. */
export function finiteRatio(numerator: number, denominator: number): number | null {
  const ratio = numerator / denominator
  return Number.isFinite(ratio) ? ratio : null
}
