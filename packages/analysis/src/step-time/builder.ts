import {
  InputError,
  type RankStepColumns,
  type StepTimeRequest,
  type StepTimeSnapshot,
  type TrainingStrategy,
} from '@traceml/contracts'
import { RankRows } from './rank-rows.js'
import type { DecodedStepRow } from './rows.js'

/** Options of a builder's `snapshot`. */
export interface StepColumnsOptions {
  /** Selects ranks and the newest steps; absent: everything. */
  readonly request?: StepTimeRequest
  /** Default `ddp`. */
  readonly trainingStrategy?: TrainingStrategy
}

/** Collects decoded rows and hands them out as columns. */
export interface StepColumnsBuilder {
  /**
   * Adds one row; rows may come in any order. Negative durations count as 0, others that are not
   * finite as missing.
   *
   * @throws {InputError} `TRACEML_INPUT_INVALID` for a rank or step that is not a whole number.
   */
  add(row: DecodedStepRow): void
  /** Makes a rank known that may have no step. */
  addRank(globalRank: number): void
  /** The rows so far. Later additions do not change a snapshot. */
  snapshot(options?: StepColumnsOptions): StepTimeSnapshot
}

function checkInteger(name: string, value: number): void {
  if (Number.isSafeInteger(value)) return
  throw new InputError('TRACEML_INPUT_INVALID', `${name} is ${String(value)}; give a whole number.`)
}

/** Whole and at least 1, as requests are read. */
const atLeastOne = (value: number): number => Math.max(1, Math.floor(value) || 1)

/** Makes an empty builder of step columns. */
export function createStepColumnsBuilder(): StepColumnsBuilder {
  const byRank = new Map<number, RankRows>()
  const rowsOf = (globalRank: number): RankRows => {
    let rows = byRank.get(globalRank)
    if (rows === undefined) {
      checkInteger('globalRank', globalRank)
      rows = new RankRows(globalRank)
      byRank.set(globalRank, rows)
    }
    return rows
  }
  return {
    addRank(globalRank) {
      rowsOf(globalRank)
    },
    add(row) {
      checkInteger('step', row.step)
      rowsOf(row.globalRank).add(row)
    },
    snapshot: ({ request, trainingStrategy = 'ddp' } = {}) => {
      const depth = request
        ? atLeastOne(request.windowSize) * atLeastOne(request.lookbackFactor ?? 1)
        : Number.POSITIVE_INFINITY
      const filter = request?.rankFilter ? new Set(request.rankFilter) : null
      const selected = [...byRank.values()]
        .filter((rank) => filter === null || filter.has(rank.globalRank))
        .sort((a, b) => a.globalRank - b.globalRank)
      const ranks: RankStepColumns[] = []
      let lastRowId: number | null = null
      let latestStep: number | null = null
      for (const rank of selected) {
        const { columns, newest } = rank.select(depth)
        if (columns.steps.length > 0) ranks.push(columns)
        if (newest === null) continue
        lastRowId = Math.max(lastRowId ?? newest.sourceId, newest.sourceId)
        latestStep = Math.max(latestStep ?? newest.step, newest.step)
      }
      return {
        globalRanks: selected.map((rank) => rank.globalRank),
        ranks,
        identities: {},
        cursor: { lastRowId, latestStep },
        trainingStrategy,
      }
    },
  }
}
