import type { RankStepColumns } from '@traceml/contracts'
import { type CompiledQuery, sql } from 'kysely'
import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import type { BatchDecoder } from '../step-events/batch-decoder.js'
import { PHASE_COUNT, PHASE_SLOTS } from '../step-events/phase-row.js'

/** Rows of one look into the table: their texts are short-lived and never many. */
const BATCH_ROWS = 512

type Batch = readonly [texts: Uint8Array | null, ids: string | null, steps: string | null]

/** Reads the steps of ranks, newest first, straight into columns. */
export type RankStepReader = (globalRank: number, depth: number) => RankStepColumns | null

/**
 * Makes a reader of the rows that stand for the newest steps of a rank: of several rows of one step
 * the newest. Rows that hold no step count and are left out.
 *
 * The texts of a batch come as one value: a string for each would cost more than reading it.
 *
 * @returns The reader gives null for rows that cannot travel so; then they are read one by one.
 */
export function createRankStepReader(handle: SqliteHandle, decoder: BatchDecoder): RankStepReader {
  const query = batchQuery()
  const statement = handle.prepare(query.sql).raw()
  const values = new Float64Array(PHASE_SLOTS)
  return (globalRank, depth) => {
    const columns = createColumns(depth)
    let seen = 0
    let lastStep = Number.POSITIVE_INFINITY
    let lastId = Number.MAX_SAFE_INTEGER
    let belowStep = Number.MAX_SAFE_INTEGER
    for (;;) {
      const [texts, idList, stepList] = statement.get(globalRank, belowStep, lastId) as Batch
      if (texts === null || idList === null || stepList === null) break
      const ids = idList.split(',')
      const steps = stepList.split(',')
      if (ids.length !== steps.length) return null
      let at = 0
      for (let row = 0; row < ids.length; row += 1) {
        // A text that holds a separator, or another order: nothing that a history has.
        if (at > texts.length) return null
        const end = decoder.decode(texts, at, values)
        at = end + 1
        const step = Number(steps[row])
        if (step > lastStep || !Number.isSafeInteger(step)) return null
        if (step === lastStep) continue
        if (seen === depth) return finished(columns, globalRank)
        lastStep = step
        seen += 1
        if (decoder.present >= 0) append(columns, step, decoder.present, values)
      }
      if (at !== texts.length + 1) return null
      if (ids.length < BATCH_ROWS) break
      belowStep = lastStep
      lastId = Number(ids.at(-1))
    }
    return finished(columns, globalRank)
  }
}

function batchQuery(): CompiledQuery<unknown> {
  return sql`select cast(group_concat(events_json, char(0)) as blob), group_concat(id),
      group_concat(step)
    from (select id, step, events_json from step_time_samples
      where global_rank = ${0} and (step, id) < (${0}, ${0})
        and typeof(events_json) = 'text' and events_json <> ''
      order by step desc, id desc limit ${sql.lit(BATCH_ROWS)})`.compile(builder)
}

/** Columns that are filled from the newest step down. */
interface FillingColumns {
  steps: Float64Array
  present: Uint8Array
  slots: Float64Array[]
  count: number
  readonly depth: number
}

function createColumns(depth: number): FillingColumns {
  const rows = Math.min(depth, BATCH_ROWS * 2)
  return {
    steps: new Float64Array(rows),
    present: new Uint8Array(rows),
    slots: Array.from({ length: PHASE_SLOTS }, () => new Float64Array(rows)),
    count: 0,
    depth,
  }
}

function append(
  columns: FillingColumns,
  step: number,
  present: number,
  values: Float64Array,
): void {
  if (columns.count === columns.steps.length) grow(columns)
  const at = columns.count
  columns.steps[at] = step
  columns.present[at] = present
  for (let slot = 0; slot < PHASE_SLOTS; slot += 1) {
    ;(columns.slots[slot] as Float64Array)[at] = values[slot] as number
  }
  columns.count += 1
}

function grow(columns: FillingColumns): void {
  const rows = Math.min(columns.depth, columns.steps.length * 2)
  const enlarge = (column: Float64Array): Float64Array => {
    const larger = new Float64Array(rows)
    larger.set(column)
    return larger
  }
  columns.steps = enlarge(columns.steps)
  const present = new Uint8Array(rows)
  present.set(columns.present)
  columns.present = present
  columns.slots = columns.slots.map(enlarge)
}

/** The columns in ascending order, without room to spare. */
function finished(columns: FillingColumns, globalRank: number): RankStepColumns {
  const { count, slots } = columns
  const turn = (column: Float64Array): Float64Array => column.slice(0, count).reverse()
  return {
    globalRank,
    steps: turn(columns.steps),
    present: columns.present.slice(0, count).reverse(),
    cpuMs: slots.slice(0, PHASE_COUNT).map(turn),
    gpuMs: slots.slice(PHASE_COUNT).map(turn),
  }
}
