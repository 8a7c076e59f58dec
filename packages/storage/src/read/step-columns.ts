import type { RankStepColumns } from '@traceml/contracts'
import { decodeEvents } from '../step-events/decode.js'
import { PHASE_COUNT, PHASE_SLOTS } from '../step-events/phase-row.js'

/** The row that stands for a step. */
export interface SelectedRow {
  readonly id: number
  readonly step: number
  readonly eventsJson: string
}

/** Decoded rows of one rank, and the ids of the rows they come from. */
export interface DecodedRank {
  readonly columns: RankStepColumns
  /** One a step. */
  readonly ids: Float64Array
}

/** Values of one step to write the decoder's result into. */
const scratch = /* @__PURE__ */ new Float64Array(PHASE_SLOTS)

/**
 * Decodes the rows of a rank; rows that hold no step are left out. Rows that are also in `known`
 * are copied from there instead.
 *
 * @param rows - Ascending by step, distinct.
 */
export function decodeRank(
  globalRank: number,
  rows: readonly SelectedRow[],
  known: DecodedRank | null,
): DecodedRank {
  const ids = new Float64Array(rows.length)
  const steps = new Float64Array(rows.length)
  const present = new Uint8Array(rows.length)
  const slots = Array.from({ length: PHASE_SLOTS }, () => new Float64Array(rows.length))
  let count = 0
  let knownAt = 0
  for (const row of rows) {
    if (known !== null) {
      while (knownAt < known.ids.length && (known.columns.steps[knownAt] as number) < row.step) {
        knownAt += 1
      }
    }
    if (known !== null && known.ids[knownAt] === row.id) {
      present[count] = known.columns.present[knownAt] as number
      for (let slot = 0; slot < PHASE_SLOTS; slot += 1) {
        ;(slots[slot] as Float64Array)[count] = slotOf(known.columns, slot)[knownAt] as number
      }
    } else {
      const bits = decodeEvents(row.eventsJson, scratch, 0)
      if (bits < 0) continue
      present[count] = bits
      for (let slot = 0; slot < PHASE_SLOTS; slot += 1) {
        ;(slots[slot] as Float64Array)[count] = scratch[slot] as number
      }
    }
    ids[count] = row.id
    steps[count] = row.step
    count += 1
  }
  const cut = (column: Float64Array): Float64Array =>
    count === rows.length ? column : column.slice(0, count)
  return {
    ids: cut(ids),
    columns: {
      globalRank,
      steps: cut(steps),
      present: count === rows.length ? present : present.slice(0, count),
      cpuMs: slots.slice(0, PHASE_COUNT).map(cut),
      gpuMs: slots.slice(PHASE_COUNT).map(cut),
    },
  }
}

function slotOf(columns: RankStepColumns, slot: number): Float64Array {
  const column = slot < PHASE_COUNT ? columns.cpuMs[slot] : columns.gpuMs[slot - PHASE_COUNT]
  return column as Float64Array
}
