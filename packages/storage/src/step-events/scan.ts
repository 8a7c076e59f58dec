import { scanNumber, type TextScan } from './number-scan.js'
import { addClock, closePhaseRow, PHASE_COUNT, phaseOfEvent } from './phase-row.js'

const QUOTE = 34
const COLON = 58
const OPEN = 123
const CLOSE = 125
const COMMA = 44

/** The keys of a device's statistics in canonical order, as they stand in the text. */
const CPU = '{"cpu_ms":'
const DURATION = ',"duration_ms":'
const GPU = ',"gpu_ms":'
const IS_GPU = ',"is_gpu":'
const CALLS = ',"n_calls":'

/** Not the canonical text: the caller parses it as any JSON. */
export const NOT_CANONICAL = -1

const scan: TextScan = { text: '', at: 0 }

/** Where the numbers of a text are, and the slots that they belong to; -1 for none. */
export interface NumberPlaces {
  readonly starts: number[]
  readonly ends: number[]
  readonly slots: number[]
}

/**
 * Reads the phases out of the canonical text of a step's events, several times faster than parsing
 * it: the layout is known, and names are looked up without being escaped.
 *
 * @param places - Receives where the numbers are.
 * @returns One bit a phase that has an event, or {@link NOT_CANONICAL}; values may have been added
 * then.
 */
export function scanEvents(
  text: string,
  values: Float64Array,
  at: number,
  places: NumberPlaces | null = null,
): number {
  scan.text = text
  scan.at = 1
  if (text === '{}') return 0
  if (text.charCodeAt(0) !== OPEN) return NOT_CANONICAL
  let present = 0
  let seen = 0
  for (;;) {
    const name = scanName()
    if (name === null || !pass(COLON) || !pass(OPEN)) return NOT_CANONICAL
    const phase = phaseOfEvent(name)
    if (phase >= 0) {
      // A name that comes twice counts once, which only a full parse gets right.
      if ((present & (1 << phase)) !== 0) return NOT_CANONICAL
      present |= 1 << phase
    }
    if (!scanDevices(phase, values, at, places)) return NOT_CANONICAL
    seen += 1
    const next = text.charCodeAt(scan.at++)
    if (next === CLOSE) break
    if (next !== COMMA) return NOT_CANONICAL
  }
  if (scan.at !== text.length || seen === 0) return NOT_CANONICAL
  closePhaseRow(values, at)
  return present
}

function scanDevices(
  phase: number,
  values: Float64Array,
  at: number,
  places: NumberPlaces | null,
): boolean {
  let first = ''
  for (;;) {
    const device = scanName()
    if (device === null || device === first || !pass(COLON)) return false
    // Sorted names: one that repeats an earlier one cannot be told from here after the second.
    if (first !== '' && device < first) return false
    first = device
    if (!passText(CPU)) return false
    const cpu = scanPlaced(places, phase)
    if (!passText(DURATION)) return false
    const duration = scanPlaced(places, -1)
    if (!passText(GPU)) return false
    const gpu = scanPlaced(places, phase < 0 ? -1 : PHASE_COUNT + phase)
    if (cpu === undefined || duration === undefined || gpu === undefined) return false
    if (!passText(IS_GPU) || !passLiteral() || !passText(CALLS)) return false
    if (scanPlaced(places, -1) === undefined || !pass(CLOSE)) return false
    if (phase >= 0) {
      if (cpu !== null) addClock(values, at + phase, cpu)
      if (gpu !== null) addClock(values, at + PHASE_COUNT + phase, gpu)
    }
    const next = scan.text.charCodeAt(scan.at++)
    if (next === CLOSE) return true
    if (next !== COMMA) return false
  }
}

/** Text between quotes without escapes; null when there is none. */
function scanName(): string | null {
  if (scan.text.charCodeAt(scan.at) !== QUOTE) return null
  const start = scan.at + 1
  const end = scan.text.indexOf('"', start)
  if (end < 0) return null
  const name = scan.text.slice(start, end)
  if (name.includes('\\')) return null
  scan.at = end + 1
  return name
}

/** {@link scanValue}, with the place of a number noted. */
function scanPlaced(places: NumberPlaces | null, slot: number): number | null | undefined {
  const start = scan.at
  const value = scanValue()
  if (places !== null && typeof value === 'number') {
    places.starts.push(start)
    places.ends.push(scan.at)
    places.slots.push(slot)
  }
  return value
}

/** A number or null; undefined for anything else. */
function scanValue(): number | null | undefined {
  if (scan.text.charCodeAt(scan.at) === 110) return passText('null') ? null : undefined
  const value = scanNumber(scan)
  return Number.isNaN(value) ? undefined : value
}

function passLiteral(): boolean {
  return passText('false') || passText('true') || passText('null')
}

function pass(code: number): boolean {
  if (scan.text.charCodeAt(scan.at) !== code) return false
  scan.at += 1
  return true
}

function passText(expected: string): boolean {
  if (!scan.text.startsWith(expected, scan.at)) return false
  scan.at += expected.length
  return true
}
