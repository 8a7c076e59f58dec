import { measuredInteger } from '../shared/measured.js'
import { idOf } from '../shared/sort-by-id.js'
import type { StepMemorySampleInput } from './input.js'

/** The newest row of each step of one rank. */
export type RowsByStep = ReadonlyMap<number, StepMemorySampleInput>

/** `rows.get(rank).get(step)`, ranks ascending. */
export type RowsByRank = ReadonlyMap<number, RowsByStep>

/**
 * Returns the newest row of each rank and step among those that are wanted. O(n).
 *
 * Rows without a global rank or a step are left out; of two rows of one step the larger id wins.
 */
export function newestRows(
  rows: readonly StepMemorySampleInput[],
  isWanted: (row: StepMemorySampleInput, step: number) => boolean,
): RowsByRank {
  const byRank = new Map<number, Map<number, StepMemorySampleInput>>()
  for (const row of rows) {
    const rank = measuredInteger(row.global_rank)
    const step = measuredInteger(row.step)
    if (rank === null || step === null || !isWanted(row, step)) continue
    let bySteps = byRank.get(rank)
    if (bySteps === undefined) {
      bySteps = new Map()
      byRank.set(rank, bySteps)
    }
    const known = bySteps.get(step)
    if (known === undefined || idOf(row) >= idOf(known)) bySteps.set(step, row)
  }
  return new Map([...byRank.entries()].toSorted(([a], [b]) => a - b))
}

/** How many positions of steps are looked at to find a window of that many steps. */
export function lookbackOf(windowSteps: number): number {
  return Math.max(20 * windowSteps, windowSteps + 1)
}

/**
 * Returns the newest steps that every rank has, ascending; none when there is no rank.
 * O(n log n) in the steps of the shortest rank, times the ranks.
 */
export function commonSteps(byRank: RowsByRank, limit: number): readonly number[] {
  const ranks = [...byRank.values()]
  const shortest = ranks.reduce<RowsByStep | null>(
    (best, steps) => (best === null || steps.size < best.size ? steps : best),
    null,
  )
  if (shortest === null) return []
  return [...shortest.keys()]
    .filter((step) => ranks.every((steps) => steps.has(step)))
    .toSorted((a, b) => a - b)
    .slice(-limit)
}
