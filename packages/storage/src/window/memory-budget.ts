/** Bytes that all windows of a writer may use together. */
export interface MemoryBudget {
  readonly limitBytes: number
  usedBytes: number
}

/** Takes bytes from the budget; false, and nothing taken, when they are not there. */
export function takeBytes(budget: MemoryBudget, bytes: number): boolean {
  if (budget.usedBytes + bytes > budget.limitBytes) return false
  budget.usedBytes += bytes
  return true
}
