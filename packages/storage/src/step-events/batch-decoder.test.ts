import { PHASE_EVENTS } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventsText } from '../projection/events.js'
import { createBatchDecoder } from './batch-decoder.js'
import { readByteNumber } from './byte-number.js'
import { decodeEvents } from './decode.js'
import { PHASE_SLOTS } from './phase-row.js'
import { learnTemplate, readByTemplate } from './template.js'

interface Decoded {
  readonly present: number
  readonly values: readonly number[]
}

/** A row without a step has no values. */
function decoded(present: number, values: Float64Array): Decoded {
  return { present, values: present < 0 ? [] : [...values] }
}

function oneByOne(texts: readonly string[]): readonly Decoded[] {
  const values = new Float64Array(PHASE_SLOTS)
  return texts.map((text) => decoded(decodeEvents(text, values, 0), values))
}

function asBatch(texts: readonly string[]): readonly Decoded[] {
  const decoder = createBatchDecoder()
  const bytes = new TextEncoder().encode(texts.join('\0'))
  const values = new Float64Array(PHASE_SLOTS)
  let at = 0
  const rows = texts.map(() => {
    at = decoder.decode(bytes, at, values) + 1
    return decoded(decoder.present, values)
  })
  expect(at).toBe(bytes.length + 1)
  return rows
}

const number = fc.oneof(
  fc.double({ min: 0, max: 99, noNaN: true }),
  fc.double({ noNaN: true }),
  fc.constant(null),
)
const statistics = fc.record({
  is_gpu: fc.boolean(),
  duration_ms: number,
  cpu_ms: number,
  gpu_ms: number,
  n_calls: fc.nat(9),
})
const device = fc.constantFrom('cpu', 'cuda:0', 'cuda:1', 'é')
const eventName = fc.constantFrom(...Object.values(PHASE_EVENTS), 'my region', 'größe')
const events = fc.dictionary(eventName, fc.dictionary(device, statistics))

function canonical(value: unknown): string {
  return eventsText(value, { values: new Float64Array(PHASE_SLOTS), at: 0, present: 0 })
}

/** The same layout with other numbers, as a producer sends it. */
function withOtherNumbers(text: string, factor: number): string {
  return text.replaceAll(/(?<=_ms":)[^,]+/g, (found) =>
    found === 'null' ? found : String(Number(found) * factor),
  )
}

test('texts of many steps decode as each of them does', () => {
  fc.assert(
    fc.property(
      fc.array(events, { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0.1, max: 3 }),
      (some, by) => {
        const texts = some.map(canonical)
        const batch = [...texts, ...texts.map((text) => withOtherNumbers(text, by)), ...texts]
        expect(asBatch(batch)).toEqual(oneByOne(batch))
      },
    ),
  )
})

test('a damaged text beside good ones decodes as it does alone', () => {
  const piece = fc.constantFrom('', '0', '"', '{', '}', ',', 'null', '-', '.', 'e', '9', ' ')
  fc.assert(
    fc.property(events, fc.nat(), fc.nat(3), piece, (value, position, cut, inserted) => {
      const text = canonical(value)
      const at = position % text.length
      const damaged = text.slice(0, at) + inserted + text.slice(at + cut)
      const batch = [text, damaged, text]
      expect(asBatch(batch)).toEqual(oneByOne(batch))
    }),
    { numRuns: 2000 },
  )
})

test('a row of a known layout is read by the template alone', () => {
  const text = canonical({
    [PHASE_EVENTS.forward]: {
      'cuda:0': { is_gpu: true, duration_ms: 2, cpu_ms: 1.25, gpu_ms: 2, n_calls: 1 },
    },
  })
  const template = learnTemplate(text)!
  const next = new TextEncoder().encode(withOtherNumbers(text, 3))
  const values = new Float64Array(PHASE_SLOTS).fill(Number.NaN)
  expect(readByTemplate(template, next, 0, values, 0)).toBe(next.length)
  expect([values[2], values[8]]).toEqual([3.75, 6])
  expect(readByTemplate(template, next.subarray(0, -1), 0, values, 0)).toBe(-1)
  expect(learnTemplate('{"a": 1}')).toBeNull()
})

test('a number of bytes reads to the double that a full parse gives', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    fc.integer(),
  )
  fc.assert(
    fc.property(value, fc.nat(20), (number, extraDigits) => {
      const json = JSON.stringify(number)
      const text = /[.]\d+$/.test(json) ? `${json}${'123456789'.slice(0, extraDigits % 4)}` : json
      const scan = { at: 0 }
      const bytes = new TextEncoder().encode(`${text},`)
      expect(readByteNumber(bytes, scan)).toBe(JSON.parse(text))
      expect(scan.at).toBe(text.length)
    }),
    { numRuns: 5000 },
  )
})

test.each(['', '-', '.5', '1.', '1e', '1e+', '-.5', 'x', '+1', '01', '-01', '1.e3', '1.2.3'])(
  '%j is no number',
  (text) => {
    const scan = { at: 0 }
    const value = readByteNumber(new TextEncoder().encode(`${text},`), scan)
    expect(Number.isNaN(value) || scan.at < text.length).toBe(true)
  },
)
