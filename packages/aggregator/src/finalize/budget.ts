/**
 * Seconds of a total that are kept back for closing the history, so that waiting for ranks cannot
 * use all of it up.
 */
export function historyBudgetSeconds(totalSeconds: number): number {
  if (totalSeconds <= 0) return 0
  const quarter = 0.25 * totalSeconds
  if (totalSeconds < 5) return Math.max(quarter, Math.min(0.001, totalSeconds))
  return Math.min(60, Math.max(5, quarter))
}
