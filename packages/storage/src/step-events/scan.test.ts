import { decodeStepEvents } from '@traceml/analysis'
import { PHASE_EVENTS, PHASES } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventsText } from '../projection/events.js'
import { decodeEvents } from './decode.js'
import { parseLenientJson } from './lenient-json.js'
import { scanNumber } from './number-scan.js'
import { PHASE_COUNT, PHASE_SLOTS } from './phase-row.js'
import { NOT_CANONICAL, scanEvents } from './scan.js'

/** Phases as the plain decoder of the analysis reads them. */
function plainDecode(text: string): { present: number; values: number[] } {
  const values = new Array<number>(PHASE_SLOTS).fill(Number.NaN)
  const durations = decodeStepEvents(parseLenientJson(text))
  if (durations === null) return { present: -1, values }
  let present = 0
  for (const [index, phase] of PHASES.entries()) {
    const clocks = durations[phase]
    if (clocks === undefined) continue
    present |= 1 << index
    values[index] = clocks.cpuMs ?? Number.NaN
    values[PHASE_COUNT + index] = clocks.gpuMs ?? Number.NaN
  }
  return { present, values }
}

function decode(text: string): { present: number; values: number[] } {
  const values = new Float64Array(PHASE_SLOTS)
  const present = decodeEvents(text, values, 0)
  return { present, values: [...values] }
}

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constant(null),
  fc.double({ min: 0, max: 99 }),
)
const statistics = fc.record({
  is_gpu: fc.oneof(fc.boolean(), fc.constant(null)),
  duration_ms: number,
  cpu_ms: number,
  gpu_ms: number,
  n_calls: fc.nat(9),
})
const device = fc.constantFrom('cpu', 'cuda:0', 'cuda:1', 'é"')
const eventName = fc.oneof(fc.constantFrom(...Object.values(PHASE_EVENTS)), fc.string())
const events = fc.dictionary(eventName, fc.dictionary(device, statistics))

function canonical(value: unknown): string {
  return eventsText(value, { values: new Float64Array(PHASE_SLOTS), at: 0, present: 0 })
}

test('canonical text decodes as its parsed form does', () => {
  fc.assert(
    fc.property(events, (value) => {
      const text = canonical(value)
      expect(decode(text)).toEqual(plainDecode(text))
    }),
  )
})

test('the phases of the row that is written are those of its text', () => {
  fc.assert(
    fc.property(events, (value) => {
      const target = { values: new Float64Array(PHASE_SLOTS).fill(Number.NaN), at: 0, present: 0 }
      const text = eventsText(value, target)
      const { present, values } = plainDecode(text)
      expect([...target.values]).toEqual(values.map((ms) => (ms === 0 ? 0 : ms)))
      expect(target.present).toBe(present)
    }),
  )
})

test('damaged text decodes as its parsed form does, or is no step', () => {
  const piece = fc.constantFrom(
    '0',
    '"',
    '{',
    '}',
    ',',
    ':',
    'NaN',
    'null',
    '-',
    '.',
    'e',
    '9',
    ' ',
  )
  fc.assert(
    fc.property(events, fc.nat(), fc.nat(3), piece, (value, position, cut, inserted) => {
      const text = canonical(value)
      const at = position % text.length
      const damaged = text.slice(0, at) + inserted + text.slice(at + cut)
      expect(decode(damaged)).toEqual(plainDecode(damaged))
    }),
    { numRuns: 2000 },
  )
})

test('text of the usual layout takes the fast path', () => {
  const text =
    '{"_traceml_internal:backward_time":{"cpu":{"cpu_ms":2.922534942626953,"duration_ms":2.5,"gpu_ms":null,"is_gpu":false,"n_calls":1}},' +
    '"my region":{"cpu":{"cpu_ms":1e-7,"duration_ms":1.0,"gpu_ms":4,"is_gpu":true,"n_calls":2}}}'
  const values = new Float64Array(PHASE_SLOTS).fill(Number.NaN)
  expect(scanEvents(text, values, 0)).toBe(0b1000)
  expect(values[3]).toBe(2.922534942626953)
  expect(scanEvents('{"a":1}', values, 0)).toBe(NOT_CANONICAL)
})

test('a number scans to the double that a full parse gives', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double({ noNaN: true }), fc.integer()), (value) => {
      fc.pre(Number.isFinite(value))
      const text = JSON.stringify(value)
      const scan = { text: `${text},`, at: 0 }
      expect(scanNumber(scan)).toBe(JSON.parse(text))
      expect(scan.at).toBe(text.length)
    }),
    { numRuns: 2000 },
  )
})

test.each(['', '-', '.5', '1.', '1e', '1e+', '-.5', 'x', '+1'])('%j is no number', (text) => {
  expect(scanNumber({ text, at: 0 })).toBeNaN()
})

test('bare words of non-finite numbers read as null, also beside text that has them', () => {
  expect(parseLenientJson('{"a":NaN,"b":-Infinity,"NaN":"NaN, Infinity","c":[Infinity]}')).toEqual({
    a: null,
    b: null,
    NaN: 'NaN, Infinity',
    c: [null],
  })
  expect(parseLenientJson('{"a":NaN')).toBeUndefined()
  expect(parseLenientJson('{not-json')).toBeUndefined()
})
