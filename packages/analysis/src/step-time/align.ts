import type { RankStepColumns } from '@traceml/contracts'

/** The rows of one rank that are in the window: a run from `start`, or single `indices`. */
export interface RowSelection {
  readonly start: number
  readonly count: number
  /** Null when the rows follow each other. */
  readonly indices: Int32Array | null
}

/** The common steps and where each rank has them. */
export interface Alignment {
  /** Ascending. */
  readonly steps: Float64Array
  /** One per rank, in the order of the ranks. */
  readonly rows: readonly RowSelection[]
}

/**
 * The newest `windowSize` steps that every rank has.
 *
 * Walks all ranks from their newest step backwards; linear in the rows that it passes.
 *
 * @param ranks - At least one step each, steps ascending and distinct.
 */
export function alignSteps(ranks: readonly RankStepColumns[], windowSize: number): Alignment {
  const [first] = ranks
  if (first === undefined) return { steps: new Float64Array(0), rows: [] }
  const capacity = ranks.reduce((size, rank) => Math.min(size, rank.steps.length), windowSize)
  const steps = new Float64Array(capacity)
  const found = ranks.map(() => new Int32Array(capacity))
  const positions = Int32Array.from(ranks, (rank) => rank.steps.length - 1)
  let free = capacity
  let step = first.steps[first.steps.length - 1] as number
  while (free > 0) {
    const lower = retreat(ranks, positions, step)
    if (lower === null) break
    if (lower < step) {
      step = lower
      continue
    }
    free -= 1
    steps[free] = step
    for (let r = 0; r < ranks.length; r++) (found[r] as Int32Array)[free] = positions[r] as number
    const next = (positions[0] as number) - 1
    positions[0] = next
    if (next < 0) break
    step = first.steps[next] as number
  }
  return { steps: steps.subarray(free), rows: found.map((rows) => select(rows.subarray(free))) }
}

/**
 * Moves every rank back to its newest step that is not above `step`.
 *
 * @returns The smallest of those steps, `step` itself when all ranks have it, or null when one rank
 * has no step left.
 */
function retreat(
  ranks: readonly RankStepColumns[],
  positions: Int32Array,
  step: number,
): number | null {
  let lowest = step
  for (let r = 0; r < ranks.length; r++) {
    const { steps } = ranks[r] as RankStepColumns
    let position = positions[r] as number
    while (position >= 0 && (steps[position] as number) > step) position -= 1
    positions[r] = position
    if (position < 0) return null
    lowest = Math.min(lowest, steps[position] as number)
  }
  return lowest
}

function select(rows: Int32Array): RowSelection {
  const start = rows[0] ?? 0
  const count = rows.length
  const isRun = count === 0 || (rows[count - 1] as number) - start === count - 1
  return { start, count, indices: isRun ? null : rows }
}
