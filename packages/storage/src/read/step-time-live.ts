import type {
  StepTimeCursor,
  StepTimeRequest,
  StepTimeSnapshot,
  TrainingStrategy,
} from '@traceml/contracts'
import type { SqliteHandle } from '../handle.js'
import { type LiveRows, mergeLiveRows, selectLiveRows } from './live-rows.js'
import { type DecodedRank, decodeRank } from './step-columns.js'
import { depthOf, filterOf, inspectStepTable } from './step-table.js'
import { emptySnapshot } from './step-time.js'
import { readStrategy } from './strategy.js'

/** What stands behind a snapshot that was handed out. */
interface LiveState {
  readonly handle: SqliteHandle
  /** The request in one comparable text. */
  readonly request: string
  readonly rows: LiveRows
  readonly decoded: ReadonlyMap<number, DecodedRank>
}

const states = /* @__PURE__ */ new WeakMap<StepTimeSnapshot, LiveState>()

/**
 * Step Time of a live view, inside the caller's transaction: two SELECTs, whose cost depends on the
 * depth of the request, and after the first read on what is new. Rows that `previous` has decoded
 * are not read or decoded again.
 *
 * @throws {TraceMLError} TRACEML_STORAGE_SCHEMA when the table lacks needed columns.
 */
export function readStepTimeLive(
  handle: SqliteHandle,
  request: StepTimeRequest,
  previous: StepTimeSnapshot | null,
): StepTimeSnapshot {
  if (inspectStepTable(handle) === null) return emptySnapshot(readStrategy(handle))
  const key = JSON.stringify([depthOf(request), filterOf(request)])
  const known = knownState(handle, key, previous)
  const merged = known === null ? null : mergeLiveRows(handle, request, known.rows)
  const rows = merged ?? selectLiveRows(handle, request)
  const trainingStrategy = readStrategy(handle)
  const globalRanks = [...rows.byRank.keys()]
  const cursor = cursorOf(rows)
  // Rows that were pruned are missed by the cursor, which knows the newest row only.
  const isWhole = merged !== null || (known !== null && hasSameRows(known.rows, rows))
  if (previous !== null && isWhole && isSame(previous, cursor, globalRanks)) {
    return withStrategy(previous, trainingStrategy)
  }
  const decoded = new Map<number, DecodedRank>()
  for (const [rank, selected] of rows.byRank) {
    decoded.set(rank, decodeRank(rank, selected, known?.decoded.get(rank) ?? null))
  }
  const ranks = [...decoded.values()]
    .map(({ columns }) => columns)
    .filter(({ steps }) => steps.length > 0)
  const snapshot = { globalRanks, ranks, identities: {}, cursor, trainingStrategy }
  states.set(snapshot, { handle, request: key, rows: withoutTexts(rows), decoded })
  return snapshot
}

function knownState(
  handle: SqliteHandle,
  request: string,
  previous: StepTimeSnapshot | null,
): LiveState | null {
  const state = previous === null ? undefined : states.get(previous)
  return state?.handle === handle && state.request === request ? state : null
}

/** Texts are decoded: keeping them would keep the newest part of the table in memory. */
function withoutTexts(rows: LiveRows): LiveRows {
  const byRank = new Map(
    [...rows.byRank].map(([rank, selected]) => [
      rank,
      selected.map(({ id, step }) => ({ id, step, eventsJson: '' })),
    ]),
  )
  return { byRank, tableLastId: rows.tableLastId }
}

function cursorOf(rows: LiveRows): StepTimeCursor {
  let lastRowId: number | null = null
  let latestStep: number | null = null
  for (const selected of rows.byRank.values()) {
    for (const { id, step } of selected) {
      if (lastRowId === null || id > lastRowId) lastRowId = id
      if (latestStep === null || step > latestStep) latestStep = step
    }
  }
  return { lastRowId, latestStep }
}

function hasSameRows(before: LiveRows, after: LiveRows): boolean {
  for (const [rank, rows] of after.byRank) {
    const known = before.byRank.get(rank)
    if (known?.length !== rows.length) return false
    if (!rows.every(({ id }, index) => id === known[index]?.id)) return false
  }
  return before.byRank.size === after.byRank.size
}

function isSame(
  previous: StepTimeSnapshot,
  cursor: StepTimeCursor,
  globalRanks: readonly number[],
): boolean {
  return (
    previous.cursor.lastRowId === cursor.lastRowId &&
    previous.cursor.latestStep === cursor.latestStep &&
    previous.globalRanks.length === globalRanks.length &&
    previous.globalRanks.every((rank, index) => rank === globalRanks[index])
  )
}

/** The snapshot itself when its strategy still holds, else a copy that shares the rows. */
function withStrategy(
  previous: StepTimeSnapshot,
  trainingStrategy: TrainingStrategy,
): StepTimeSnapshot {
  if (previous.trainingStrategy === trainingStrategy) return previous
  const snapshot = { ...previous, trainingStrategy }
  const state = states.get(previous)
  if (state !== undefined) states.set(snapshot, state)
  return snapshot
}
