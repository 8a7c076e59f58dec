import { PHASE_EVENTS, PHASES } from '@traceml/contracts'

/** Numbers of one step: both clocks of six phases. */
export const PHASE_COUNT: number = PHASES.length
/** Slots of one step in a flat array: `[cpu of phase 0..5, gpu of phase 0..5]`. */
export const PHASE_SLOTS: number = PHASE_COUNT * 2

const PHASE_OF_EVENT: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(
  PHASES.map((phase, index) => [PHASE_EVENTS[phase], index]),
)

/** Position of the phase that an event measures, -1 for events of the user. */
export function phaseOfEvent(name: string): number {
  return PHASE_OF_EVENT.get(name) ?? -1
}

/** Rows of phase values in flat storage that grows; `NaN` is "not measured". */
export interface PhaseRows {
  /** {@link PHASE_SLOTS} values a row, milliseconds. */
  values: Float64Array
  /** One bit a phase: it has an event in that row. */
  present: Uint8Array
}

/** Empty storage for some rows. */
export function createPhaseRows(rows = 256): PhaseRows {
  return { values: new Float64Array(rows * PHASE_SLOTS), present: new Uint8Array(rows) }
}

/** Makes room for row `index` and empties it; returns where its values start. */
export function openPhaseRow(rows: PhaseRows, index: number): number {
  if (index >= rows.present.length) {
    const size = rows.present.length * 2
    const values = new Float64Array(size * PHASE_SLOTS)
    values.set(rows.values)
    const present = new Uint8Array(size)
    present.set(rows.present)
    rows.values = values
    rows.present = present
  }
  const at = index * PHASE_SLOTS
  rows.values.fill(Number.NaN, at, at + PHASE_SLOTS)
  rows.present[index] = 0
  return at
}

/** Forgets the first `count` rows; the others move up. */
export function shiftPhaseRows(rows: PhaseRows, count: number): void {
  rows.values.copyWithin(0, count * PHASE_SLOTS)
  rows.present.copyWithin(0, count)
}

/** Adds the value of one device: finite ones only, negative ones as 0. */
export function addClock(values: Float64Array, slot: number, ms: number): void {
  if (!Number.isFinite(ms)) return
  const value = Math.max(ms, 0)
  const sum = values[slot] as number
  values[slot] = Number.isNaN(sum) ? value : sum + value
}

/** A sum that overflowed says nothing: makes it "not measured". */
export function closePhaseRow(values: Float64Array, at: number): void {
  for (let slot = at; slot < at + PHASE_SLOTS; slot += 1) {
    if (values[slot] === Number.POSITIVE_INFINITY) values[slot] = Number.NaN
  }
}
