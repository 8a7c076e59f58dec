import { decode, encode } from '@msgpack/msgpack'
import { TraceMLError } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePayload, isDecodablePayload } from './decode.js'
import { encodePayload } from './encode.js'
import { float64 } from './float64.js'
import { MessageWriter } from './message-writer.js'

const key = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => text !== '__proto__')
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.boolean(),
  fc.constant(null),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, scalar, tie('array'), tie('map')),
  array: fc.array(tie('value'), { maxLength: 20 }),
  map: fc.dictionary(key, tie('value'), { maxKeys: 20, noNullPrototype: true }),
}))

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function code(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (TraceMLError.isInstance(error)) return error.code
    throw error
  }
  return 'no error'
}

test('values survive the round trip, and an independent codec reads and writes the same', () => {
  fc.assert(
    fc.property(value, (input) => {
      const bytes = encodePayload(input)
      expect(decodePayload(bytes)).toEqual(input)
      expect(decode(bytes)).toEqual(input)
      const foreign = encode(input)
      expect(isDecodablePayload(foreign)).toBe(true)
      expect(decodePayload(foreign)).toEqual(input)
    }),
    { numRuns: 300 },
  )
})

test('truncated payloads are errors of the protocol and nothing else', () => {
  fc.assert(
    fc.property(value, fc.nat(), (input, seed) => {
      const bytes = encodePayload(input)
      const cut = bytes.subarray(0, seed % bytes.length)
      expect(code(() => decodePayload(cut))).toBe('TRACEML_PROTOCOL_FRAME')
      expect(isDecodablePayload(cut)).toBe(false)
      const extra = new Uint8Array([...bytes, 0xc0])
      expect(code(() => decodePayload(extra))).toBe('TRACEML_PROTOCOL_FRAME')
      expect(isDecodablePayload(extra)).toBe(false)
    }),
  )
})

test('garbage either decodes or is an error of the protocol', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const outcome = code(() => decodePayload(bytes))
      expect(['no error', 'TRACEML_PROTOCOL_FRAME']).toContain(outcome)
      if (outcome === 'no error') expect(isDecodablePayload(bytes)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  [0, '00'],
  [127, '7f'],
  [128, 'cc80'],
  [255, 'ccff'],
  [256, 'cd0100'],
  [65_535, 'cdffff'],
  [65_536, 'ce00010000'],
  [4_294_967_295, 'ceffffffff'],
  [4_294_967_296, 'cf0000000100000000'],
  [140_000_000_000_000, 'cf00007f544a44c000'],
  [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
  [-1, 'ff'],
  [-32, 'e0'],
  [-33, 'd0df'],
  [-129, 'd1ff7f'],
  [-32_769, 'd2ffff7fff'],
  [-2_147_483_649, 'd3ffffffff7fffffff'],
  [1.5, 'cb3ff8000000000000'],
  [2 ** 53, 'cb4340000000000000'],
  [-0, 'cb8000000000000000'],
  [float64(3), 'cb4008000000000000'],
  [Number.NaN, 'cb7ff8000000000000'],
  [2n ** 64n - 1n, 'cfffffffffffffffff'],
  [-(2n ** 63n), 'd38000000000000000'],
  [5n, '05'],
  ['é', 'a2c3a9'],
  [undefined, 'c0'],
  [{ a: undefined, b: 1 }, '81a16201'],
  [
    { ts: 1, step: 1, gpus: [[1], 2] },
    `83a27473cb3ff0000000000000a473746570` +
      `01a46770757392${'91cb3ff0000000000000'}cb4000000000000000`,
  ],
])('%o is written as %s', (input, expected) => {
  expect(hex(encodePayload(input))).toBe(expected)
})

test('64-bit integers beyond 2^53 stay recognisable', () => {
  expect(decodePayload(encodePayload([2n ** 63n, -(2n ** 60n), 2 ** 53 - 1]))).toEqual([
    2n ** 63n,
    -(2n ** 60n),
    2 ** 53 - 1,
  ])
})

test('float32, binary and extension values are read', () => {
  expect(decodePayload(new Uint8Array([0xca, 0x3f, 0xc0, 0, 0]))).toBe(1.5)
  expect(decodePayload(new Uint8Array([0xc4, 2, 7, 8]))).toEqual(new Uint8Array([7, 8]))
  expect(decodePayload(new Uint8Array([0xd4, 0xff, 9]))).toEqual({
    extensionType: -1,
    data: new Uint8Array([9]),
  })
})

test('hostile lengths and depths are refused without allocating', () => {
  for (const bytes of [
    [0xdd, 0xff, 0xff, 0xff, 0xff],
    [0xdf, 0xff, 0xff, 0xff, 0xff, 1],
    [0xdb, 0xff, 0xff, 0xff, 0xff, 1],
    [0xc6, 0x7f, 0xff, 0xff, 0xff, 1],
    new Array<number>(100_000).fill(0x91).concat([0]),
  ]) {
    expect(code(() => decodePayload(new Uint8Array(bytes)))).toBe('TRACEML_PROTOCOL_FRAME')
  }
})

test('a key named __proto__ is data', () => {
  const decoded = decodePayload(encode(JSON.parse('{"__proto__":{"polluted":1}}') as object))
  expect(Object.keys(decoded as object)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
})

test('map keys that are not text become text', () => {
  expect(decodePayload(new Uint8Array([0x82, 1, 2, 0xc0, 3]))).toEqual({ 1: 2, null: 3 })
})

test('JSON bodies are recognised, with their bare words', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  expect(decodePayload(bytes('[{"a":1.5}]'))).toEqual([{ a: 1.5 }])
  expect(decodePayload(bytes('{"a":NaN,"b":[-Infinity,"NaN \\" Infinity"]}'))).toEqual({
    a: null,
    b: [null, 'NaN " Infinity'],
  })
  expect(code(() => decodePayload(bytes('{"a":')))).toBe('TRACEML_PROTOCOL_FRAME')
  expect(decodePayload(new Uint8Array([0x5b]))).toBe(91)
})

test('what cannot travel is refused with a reason', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  expect(code(() => encodePayload(cycle))).toBe('TRACEML_PROTOCOL_FRAME')
  expect(code(() => encodePayload({ f: () => 1 }))).toBe('TRACEML_PROTOCOL_FRAME')
  expect(code(() => encodePayload(2n ** 64n))).toBe('TRACEML_PROTOCOL_FRAME')
  // The shared writer is usable afterwards.
  expect(hex(encodePayload([1]))).toBe('9101')
})

test('a hand-written message equals the generic one', () => {
  const writer = new MessageWriter()
  writer.mapHeader(2)
  writer.text('step')
  writer.integer(70_000)
  writer.text('ts')
  writer.float64(12)
  expect(hex(writer.toBytes())).toBe(hex(encodePayload({ step: 70_000, ts: 12 })))
  expect(code(() => writer.endFrame())).toBe('TRACEML_PROTOCOL_FRAME')
})
