import type { RankIdentity, RankMemoryColumns } from '@traceml/contracts'
import type { PendingRow } from '../writer/pending.js'
import type { MemoryBudget } from './memory-budget.js'
import { RankWindow } from './rank-window.js'
import { identityOf } from './step-windows.js'

/** Where a written row holds its values. */
const DEVICE = 10
const STEP = 11
const FIRST_VALUE = 12
/** Allocated, reserved, live bytes, live tensors. */
const SLOTS = 4

/** What the table of step memory says, apart from the devices' capacity. */
export interface MemorySteps {
  readonly ranks: readonly RankMemoryColumns[]
  readonly latestStep: number | null
  readonly ranksSeen: number
}

interface RankState {
  readonly window: RankWindow
  identity: RankIdentity
  device: string | null
  latestStep: number
  latestStepId: number
  prunedId: number
}

/** Everything that is known in memory of the step-memory table of a file written from its start. */
export class MemoryWindows {
  readonly #limit: number
  readonly #budget: MemoryBudget
  readonly #ranks = new Map<number, RankState>()
  readonly #values = new Float64Array(SLOTS)
  /** False once the table has rows that are not in here, or that memory cannot attribute. */
  #complete: boolean

  /** @param complete - False for a file that had rows before it was opened. */
  constructor(limit: number, budget: MemoryBudget, complete: boolean) {
    this.#limit = limit
    this.#budget = budget
    this.#complete = complete
  }

  /** Takes in a written row of `step_memory_samples`. */
  add(id: number, row: PendingRow): void {
    const globalRank = row[2] as number | null
    const step = row[STEP] as number | null
    if (step === null) return
    if (globalRank === null) {
      this.#complete = false
      return
    }
    const state = this.#stateOf(globalRank, row)
    if (step >= state.latestStep) {
      state.latestStep = step
      state.latestStepId = id
    }
    const values = this.#values
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const value = row[FIRST_VALUE + slot]
      values[slot] = typeof value === 'number' ? value : Number.NaN
    }
    const hasPeaks = !Number.isNaN(values[0]) && !Number.isNaN(values[1])
    if (!hasPeaks && Number.isNaN(values[2])) return
    state.identity = identityOf(row, globalRank)
    state.device = (row[DEVICE] ?? null) as string | null
    state.window.add(id, step, 1, values, 0)
  }

  /** Rows of a rank up to this id are gone from the table. */
  pruned(globalRank: number, lastId: number): void {
    const state = this.#ranks.get(globalRank)
    if (state !== undefined) state.prunedId = lastId
  }

  /**
   * The newest steps of every rank, enough to find `windowRows` common ones; null when memory cannot
   * tell.
   */
  snapshot(windowRows: number, copy: boolean): MemorySteps | null {
    if (!this.#complete) return null
    const depth = Math.max(1, Math.trunc(windowRows))
    const ranks: RankMemoryColumns[] = []
    let latestStep: number | null = null
    let isWhole = true
    for (const [globalRank, state] of [...this.#ranks].toSorted(([a], [b]) => a - b)) {
      const { window, prunedId } = state
      if (state.latestStepId <= prunedId) return null
      latestStep = Math.max(latestStep ?? state.latestStep, state.latestStep)
      const taken = window.snapshot(Math.max(depth, window.count), prunedId, copy)
      const shown = taken.exact ? taken : window.snapshot(depth, prunedId, copy)
      if (!shown.exact) return null
      if (window.hasMore(prunedId)) isWhole = false
      const { steps, slots } = shown.columns
      if (steps.length === 0) continue
      const [allocatedBytes, reservedBytes, liveBytes, liveTensorCount] = slots as Columns
      const { identity, device } = state
      const columns = { allocatedBytes, reservedBytes, liveBytes, liveTensorCount }
      ranks.push({ globalRank, identity, device, steps, ...columns })
    }
    // Ranks that have drifted apart may have common steps only further back than memory goes.
    if (!isWhole && commonCount(ranks) < depth) return null
    return { ranks, latestStep, ranksSeen: this.#ranks.size }
  }

  #stateOf(globalRank: number, row: PendingRow): RankState {
    let state = this.#ranks.get(globalRank)
    if (state === undefined) {
      state = {
        window: new RankWindow(SLOTS, this.#limit, this.#budget),
        identity: identityOf(row, globalRank),
        device: null,
        latestStep: Number.NEGATIVE_INFINITY,
        latestStepId: -1,
        prunedId: -1,
      }
      this.#ranks.set(globalRank, state)
    }
    return state
  }
}

type Columns = readonly [Float64Array, Float64Array, Float64Array, Float64Array]

/** Steps with both peaks that all ranks have. */
function commonCount(ranks: readonly RankMemoryColumns[]): number {
  const counts = new Map<number, number>()
  for (const { steps, allocatedBytes, reservedBytes } of ranks) {
    for (let at = 0; at < steps.length; at += 1) {
      if (Number.isNaN(allocatedBytes[at]) || Number.isNaN(reservedBytes[at])) continue
      const step = steps[at] as number
      counts.set(step, (counts.get(step) ?? 0) + 1)
    }
  }
  let common = 0
  for (const count of counts.values()) if (count === ranks.length) common += 1
  return common
}
