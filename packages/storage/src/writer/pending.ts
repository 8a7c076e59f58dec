import type { ColumnValue } from '../internal/values.js'
import { SAMPLE_TABLES } from '../schema/tables.js'
import {
  createPhaseRows,
  openPhaseRow,
  type PhaseRows,
  shiftPhaseRows,
} from '../step-events/phase-row.js'
import { clearTexts, createTextArena, readText, type TextArena } from './text-arena.js'

/** Values of one row in column order, without its id. */
export type PendingRow = ColumnValue[]

/** Position of each table in {@link SAMPLE_TABLES} and in every array by table. */
export const TABLE = {
  runtimeEnvironment: 0,
  system: 1,
  systemGpu: 2,
  process: 3,
  stepTime: 4,
  stepMemory: 5,
  stdout: 6,
  custom: 7,
  layerModels: 8,
  layerSamples: 9,
} as const

const STEP_TIME = TABLE.stepTime

/** A moment of the buffer to return to: the number of rows of each table. */
export type PendingMark = readonly number[]

/** Rows that were taken in and not yet written. */
export interface Pending {
  /** By table, see {@link TABLE}. */
  readonly rows: readonly PendingRow[][]
  /** Per row of `system_gpu_samples`: index of its snapshot among the rows of `system_samples`. */
  readonly gpuOwners: number[]
  /** Phases of the rows of `step_time_samples`, by the same index. */
  readonly phases: PhaseRows
  /** Events of step-time rows whose last column is a number: its handle. */
  readonly texts: TextArena
}

/** An empty buffer. */
export function createPending(): Pending {
  return {
    rows: SAMPLE_TABLES.map(() => []),
    gpuOwners: [],
    phases: createPhaseRows(),
    texts: createTextArena(),
  }
}

/** Opens the phase values of the next step-time row; returns where they start. */
export function openNextPhaseRow(pending: Pending): number {
  return openPhaseRow(pending.phases, (pending.rows[STEP_TIME] as PendingRow[]).length)
}

/** Adds a row to a table. */
export function addRow(pending: Pending, table: number, row: PendingRow): void {
  ;(pending.rows[table] as PendingRow[]).push(row)
}

/** Rows of all tables. */
export function countRows(pending: Pending): number {
  let count = 0
  for (const rows of pending.rows) count += rows.length
  return count
}

/** Remembers how far the buffer is filled. */
export function markRows(pending: Pending): PendingMark {
  return pending.rows.map((rows) => rows.length)
}

/** Takes back what was added since the mark. */
export function rollbackRows(pending: Pending, mark: PendingMark): void {
  for (let table = 0; table < pending.rows.length; table += 1) {
    ;(pending.rows[table] as PendingRow[]).length = mark[table] as number
  }
  pending.gpuOwners.length = mark[TABLE.systemGpu] as number
}

/**
 * The oldest rows of every table, about `limit` in all and at least one, as a buffer that shares
 * their texts and phases with this one. GPU rows stay with their snapshot.
 */
export function firstRows(pending: Pending, limit: number): Pending {
  const total = countRows(pending)
  if (total <= limit) return pending
  const share = limit / total
  const systemCount = portion(pending.rows[TABLE.system], share)
  const gpuCount = pending.gpuOwners.filter((owner) => owner < systemCount).length
  const rows = pending.rows.map((own, table) =>
    own.slice(0, table === TABLE.systemGpu ? gpuCount : portion(own, share)),
  )
  return { ...pending, rows, gpuOwners: pending.gpuOwners.slice(0, gpuCount) }
}

/** Forgets the rows of a part that {@link firstRows} gave. */
export function dropFirstRows(pending: Pending, part: Pending): void {
  if (part === pending || countRows(part) === countRows(pending)) {
    clearRows(pending)
    return
  }
  const systemCount = (part.rows[TABLE.system] as readonly PendingRow[]).length
  const stepCount = (part.rows[STEP_TIME] as readonly PendingRow[]).length
  for (const [table, rows] of pending.rows.entries()) {
    rows.splice(0, (part.rows[table] as readonly PendingRow[]).length)
  }
  const owners = pending.gpuOwners.slice(part.gpuOwners.length)
  pending.gpuOwners.length = 0
  for (const owner of owners) pending.gpuOwners.push(owner - systemCount)
  shiftPhaseRows(pending.phases, stepCount)
}

function portion(rows: readonly PendingRow[] | undefined, share: number): number {
  return Math.ceil((rows?.length ?? 0) * share)
}

/** Empties the buffer. */
export function clearRows(pending: Pending): void {
  for (const rows of pending.rows) rows.length = 0
  pending.gpuOwners.length = 0
  clearTexts(pending.texts)
}

const EVENTS_COLUMN = 11

/** Puts the text of its events into a step-time row; each row is bound soon after. */
export function resolveEvents(pending: Pending, row: PendingRow): void {
  const handle = row[EVENTS_COLUMN]
  if (typeof handle === 'number') row[EVENTS_COLUMN] = readText(pending.texts, handle)
}
