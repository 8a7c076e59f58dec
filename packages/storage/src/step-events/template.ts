import { type ByteScan, readByteNumber } from './byte-number.js'
import { addClock, closePhaseRow, PHASE_SLOTS } from './phase-row.js'
import { NOT_CANONICAL, type NumberPlaces, scanEvents } from './scan.js'

/**
 * What is the same in the text of many steps: everything between the numbers, and which number goes
 * where. Rows of one producer differ in their numbers only, so a row that fits is read without
 * looking at its names.
 */
export interface EventTemplate {
  /** The texts around the numbers, one after the other, as UTF-8. */
  readonly literals: Uint8Array
  /** Where each of them ends in `literals`; one more than there are numbers. */
  readonly ends: Int32Array
  /** Slot of each number, -1 for those that are not kept. */
  readonly slots: Int8Array
  /** One bit a phase. */
  readonly present: number
}

const encoder = /* @__PURE__ */ new TextEncoder()
const scratch = /* @__PURE__ */ new Float64Array(PHASE_SLOTS)
const scan: ByteScan = { at: 0 }

/** The template of a step's text; null when the text is not canonical. */
export function learnTemplate(text: string): EventTemplate | null {
  const places: NumberPlaces = { starts: [], ends: [], slots: [] }
  scratch.fill(Number.NaN)
  const present = scanEvents(text, scratch, 0, places)
  if (present === NOT_CANONICAL) return null
  const pieces = [...places.starts, text.length].map((end, index) =>
    encoder.encode(text.slice(index === 0 ? 0 : places.ends[index - 1], end)),
  )
  const ends = new Int32Array(pieces.length)
  let length = 0
  for (const [index, piece] of pieces.entries()) {
    length += piece.length
    ends[index] = length
  }
  const literals = new Uint8Array(length)
  for (const [index, piece] of pieces.entries()) {
    literals.set(piece, index === 0 ? 0 : (ends[index - 1] as number))
  }
  return { literals, ends, slots: Int8Array.from(places.slots), present }
}

/**
 * Reads the phases of one step by a template.
 *
 * @param start - Where the text begins in `bytes`.
 * @param values - All NaN at `at`; values may have been added when the text does not fit.
 * @returns Where the text ends, or -1 when it does not fit.
 */
export function readByTemplate(
  template: EventTemplate,
  bytes: Uint8Array,
  start: number,
  values: Float64Array,
  at: number,
): number {
  const { literals, ends, slots } = template
  const last = ends.length - 1
  let from = start
  let literal = 0
  for (let index = 0; ; index += 1) {
    const end = ends[index] as number
    while (literal < end && bytes[from] === literals[literal]) {
      from += 1
      literal += 1
    }
    if (literal < end) return -1
    if (index === last) break
    const slot = slots[index] as number
    const skipped = slot < 0 ? skipNumber(bytes, from) : -1
    if (skipped >= 0) {
      from = skipped
      continue
    }
    scan.at = from
    const value = readByteNumber(bytes, scan)
    if (Number.isNaN(value)) return -1
    from = scan.at
    if (slot >= 0) addClock(values, at + slot, value)
  }
  closePhaseRow(values, at)
  return from
}

/** The end of a number of digits with one point at most, -1 for any other. */
function skipNumber(bytes: Uint8Array, start: number): number {
  let at = digitsFrom(bytes, start)
  if (at === start || (bytes[start] === 48 && at > start + 1)) return -1
  if (bytes[at] !== 46) return at
  const first = at + 1
  at = digitsFrom(bytes, first)
  return at === first ? -1 : at
}

function digitsFrom(bytes: Uint8Array, start: number): number {
  let at = start
  for (let code = bytes[at] as number; code >= 48 && code <= 57; ) code = bytes[++at] as number
  return at
}
