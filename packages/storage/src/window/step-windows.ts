import {
  PHASES,
  type Phase,
  type RankIdentity,
  type RankStepColumns,
  type StepTimeRequest,
  type StepTimeSnapshot,
  type TrainingStrategy,
} from '@traceml/contracts'
import { PHASE_COUNT, PHASE_SLOTS, type PhaseRows } from '../step-events/phase-row.js'
import type { PendingRow } from '../writer/pending.js'
import type { MemoryBudget } from './memory-budget.js'
import { RankWindow } from './rank-window.js'

const RECENT_STEPS = 50

/** How far one rank is. */
export interface RankProgress {
  readonly globalRank: number
  /** Largest step written so far, null before the first. */
  readonly latestStep: number | null
  /** Rows of steps written so far. */
  readonly stepRows: number
  /** Unix nanoseconds of the newest row. */
  readonly lastArrivalNs: bigint
  /** Mean over the newest 50 steps on the host's clock; null when a phase was not measured. */
  readonly cpuMs: Readonly<Record<Phase, number | null>>
  /** The same on the device's clock. */
  readonly gpuMs: Readonly<Record<Phase, number | null>>
}

interface RankState {
  readonly window: RankWindow
  rows: number
  latestStep: number | null
  latestStepId: number
  lastArrivalNs: bigint
  identity: RankIdentity
  identityTs: number
  identityId: number
  prunedId: number
}

/** Everything that is known in memory of the Step Time table of a file written from its start. */
export class StepWindows {
  readonly #limit: number
  readonly #budget: MemoryBudget
  readonly #ranks = new Map<number, RankState>()
  #lastId: number | null = null
  /** False once the table has rows that are not in here, or that memory cannot attribute. */
  #complete: boolean

  /** @param complete - False for a file that had steps before it was opened. */
  constructor(limit: number, budget: MemoryBudget, complete: boolean) {
    this.#limit = limit
    this.#budget = budget
    this.#complete = complete
  }

  /** Takes in a written row of `step_time_samples` and its phases. */
  add(id: number, row: PendingRow, phases: PhaseRows, index: number): void {
    this.#lastId = id
    const globalRank = row[2] as number | null
    if (globalRank === null) {
      this.#complete = false
      return
    }
    const state = this.#stateOf(globalRank)
    state.rows += 1
    state.lastArrivalNs = row[0] as bigint
    const ts = (row[8] as number | null) ?? Number.NEGATIVE_INFINITY
    if (ts >= state.identityTs || state.identityId < 0) {
      state.identityTs = ts
      state.identityId = id
      state.identity = identityOf(row, globalRank)
    }
    const step = row[10] as number | null
    if (step === null) return
    if (state.latestStep === null || step >= state.latestStep) {
      state.latestStep = step
      state.latestStepId = id
    }
    const present = phases.present[index] as number
    state.window.add(id, step, present, phases.values, index * PHASE_SLOTS)
  }

  /** Rows of a rank up to this id are gone from the table. */
  pruned(globalRank: number, lastId: number): void {
    const state = this.#ranks.get(globalRank)
    if (state !== undefined) state.prunedId = lastId
  }

  /**
   * The snapshot that the reader would give, or null when memory cannot tell: the file had rows
   * before, rows were pruned out of order, or the request is deeper than the window.
   */
  snapshot(
    request: StepTimeRequest,
    trainingStrategy: TrainingStrategy,
    copy: boolean,
  ): StepTimeSnapshot | null {
    if (!this.#complete) return null
    const depth = Math.max(1, request.windowSize) * Math.max(1, request.lookbackFactor ?? 1)
    const globalRanks = this.#select(request.rankFilter ?? null)
    const identities: Record<string, RankIdentity> = {}
    const ranks: RankStepColumns[] = []
    for (const globalRank of globalRanks) {
      const state = this.#ranks.get(globalRank) as RankState
      if (state.identityId <= state.prunedId) return null
      identities[String(globalRank)] = state.identity
      const window = state.window.snapshot(depth, state.prunedId, copy)
      if (!window.exact) return null
      const { steps, present, slots } = window.columns
      if (steps.length === 0) continue
      const cpuMs = slots.slice(0, PHASE_COUNT)
      ranks.push({ globalRank, steps, present, cpuMs, gpuMs: slots.slice(PHASE_COUNT) })
    }
    const latestStep = this.#latestStep()
    if (latestStep === undefined) return null
    const cursor =
      globalRanks.length === 0
        ? { lastRowId: null, latestStep: null }
        : { lastRowId: this.#lastId, latestStep }
    return { globalRanks, ranks, identities, cursor, trainingStrategy }
  }

  /** How far every rank is, ascending by rank. */
  progress(): readonly RankProgress[] {
    return [...this.#ranks]
      .toSorted(([a], [b]) => a - b)
      .map(([globalRank, state]) => {
        const means = state.window.means(RECENT_STEPS)
        return {
          globalRank,
          latestStep: state.latestStep,
          stepRows: state.rows,
          lastArrivalNs: state.lastArrivalNs,
          cpuMs: byPhase(means, 0),
          gpuMs: byPhase(means, PHASE_COUNT),
        }
      })
  }

  /** Largest step of the table; undefined when the row that had it is gone. */
  #latestStep(): number | null | undefined {
    let latest: number | null = null
    for (const state of this.#ranks.values()) {
      if (state.latestStep === null) continue
      if (state.latestStepId <= state.prunedId) return undefined
      if (latest === null || state.latestStep > latest) latest = state.latestStep
    }
    return latest
  }

  #select(filter: readonly number[] | null): readonly number[] {
    const ranks = [...this.#ranks.keys()]
    const selected = filter === null ? ranks : ranks.filter((rank) => filter.includes(rank))
    return selected.toSorted((a, b) => a - b)
  }

  #stateOf(globalRank: number): RankState {
    let state = this.#ranks.get(globalRank)
    if (state === undefined) {
      state = {
        window: new RankWindow(PHASE_SLOTS, this.#limit, this.#budget),
        rows: 0,
        latestStep: null,
        latestStepId: -1,
        lastArrivalNs: 0n,
        identity: identityOf([], globalRank),
        identityTs: Number.NEGATIVE_INFINITY,
        identityId: -1,
        prunedId: -1,
      }
      this.#ranks.set(globalRank, state)
    }
    return state
  }
}

/** Who a ranked row belongs to. */
export function identityOf(row: PendingRow, globalRank: number): RankIdentity {
  return {
    global_rank: globalRank,
    local_rank: (row[3] ?? null) as number | null,
    node_rank: (row[6] ?? null) as number | null,
    hostname: (row[7] ?? null) as string | null,
    local_world_size: (row[5] ?? null) as number | null,
    world_size: (row[4] ?? null) as number | null,
  }
}

function byPhase(means: Float64Array, offset: number): Readonly<Record<Phase, number | null>> {
  const entries = PHASES.map((phase, index) => {
    const mean = means[offset + index] as number
    return [phase, Number.isNaN(mean) ? null : mean]
  })
  return Object.fromEntries(entries) as Record<Phase, number | null>
}
