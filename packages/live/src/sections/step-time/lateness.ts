import { median, type StepTimeWindow } from '@traceml/analysis'
import type { LiveStraggler } from '@traceml/contracts'

/** Late by this part of the step, at least, and by this many milliseconds: as the diagnosis has it. */
const LATE_RATIO = 0.1
const LATE_MS = 0.2
/** From this part of the steps on it is a habit, and from that part of those it is one rank's. */
const RECURRING_RATIO = 0.3
const SAME_RANK_RATIO = 0.7
const MIN_STEPS = 5

const CAUSES: Readonly<Record<string, LiveStraggler['cause']>> = {
  INPUT_STRAGGLER: 'input',
  H2D_STRAGGLER: 'h2d',
  COMPUTE_STRAGGLER: 'compute',
}

/**
 * By rank and step, the phase in which ranks wait for each other: `backward`, under FSDP `forward`
 * and `backward`. Null with fewer than two ranks that can be compared.
 *
 * @internal
 */
export function waitingColumns(
  window: StepTimeWindow,
): ReadonlyMap<number, (index: number) => number> | null {
  const isFsdp = window.trainingStrategy === 'fsdp'
  const ranks = new Set(window.stragglerRanks)
  const columns = new Map<number, (index: number) => number>()
  for (const facts of window.rankFacts) {
    const backward = facts.column('backwardMs')
    if (!ranks.has(facts.globalRank) || backward === null) continue
    const forward = isFsdp ? facts.column('forwardMs') : null
    columns.set(facts.globalRank, (index) => (backward[index] ?? 0) + (forward?.[index] ?? 0))
  }
  return columns.size < 2 ? null : columns
}

/**
 * Whether one rank makes the others wait in every step or only now and then. In each step the rank
 * that waits least is the one that the others wait for.
 *
 * @param culprit - The rank that the verdict names, null when it names none.
 * @internal
 */
export function stragglerOf(
  window: StepTimeWindow,
  kind: string,
  culprit: number | null,
): LiveStraggler | null {
  const columns = waitingColumns(window)
  const steps = window.steps.length
  if (columns === null || steps < MIN_STEPS) return null
  const entries = [...columns]
  const stepTimes = window.rankFacts.map((facts) => facts.column('stepTimeMs'))
  const lateSteps = new Map<number, number>()
  const costs = new Map<number, number>()
  let late = 0
  const waits = new Float64Array(entries.length)
  for (let index = 0; index < steps; index += 1) {
    let least = Number.POSITIVE_INFINITY
    let rank = -1
    for (let at = 0; at < entries.length; at += 1) {
      const [globalRank, read] = entries[at] as (typeof entries)[number]
      const wait = read(index)
      waits[at] = wait
      if (wait < least) {
        least = wait
        rank = globalRank
      }
    }
    const costMs = upperMedian(waits) - least
    const stepMs = stepTimes.reduce((most, column) => Math.max(most, column?.[index] ?? 0), 0)
    if (costMs < LATE_MS || stepMs <= 0 || costMs / stepMs < LATE_RATIO) continue
    late += 1
    lateSteps.set(rank, (lateSteps.get(rank) ?? 0) + 1)
    costs.set(rank, (costs.get(rank) ?? 0) + costMs)
  }
  const usual = [...lateSteps].toSorted(([a, x], [b, y]) => y - x || a - b)[0]?.[0] ?? null
  const rank = kind in CAUSES || kind === 'STRAGGLER' ? (culprit ?? usual) : usual
  if (rank === null || late === 0) return null
  const recurrence = late / steps
  const sameRank = (lateSteps.get(rank) ?? 0) / late
  const isHabit = recurrence >= RECURRING_RATIO
  return {
    rank,
    cause: CAUSES[kind] ?? null,
    cost_ms: (costs.get(rank) ?? 0) / steps,
    recurrence_ratio: recurrence,
    same_rank_ratio: sameRank,
    steps,
    pattern: !isHabit ? 'occasional' : sameRank >= SAME_RANK_RATIO ? 'persistent' : 'rotating',
  }
}

/** With two ranks the one that waits, not the mean of both. */
function upperMedian(values: Float64Array): number {
  if (values.length === 2) return Math.max(values[0] ?? 0, values[1] ?? 0)
  return median(values) ?? 0
}
