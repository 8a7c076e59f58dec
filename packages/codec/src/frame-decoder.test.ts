import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFrame } from './encode.js'
import { createFrameDecoder } from './frame-decoder.js'

const payload = fc.uint8Array({ maxLength: 300 })

function frame(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 4)
  new DataView(out.buffer).setUint32(0, bytes.length)
  out.set(bytes, 4)
  return out
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function copy(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.map((part) => new Uint8Array(part))
}

test('any frames cut at any places come out whole and in order', () => {
  fc.assert(
    fc.property(fc.array(payload), fc.array(fc.integer({ min: 1, max: 50 })), (payloads, cuts) => {
      const stream = concat(payloads.map(frame))
      const decoder = createFrameDecoder()
      const seen: Uint8Array[] = []
      let offset = 0
      let turn = 0
      while (offset < stream.length) {
        const size = cuts.length === 0 ? stream.length : cuts[turn++ % cuts.length]!
        seen.push(...copy(decoder.push(stream.subarray(offset, offset + size))))
        offset += size
      }
      expect(seen).toEqual(payloads)
      expect(decoder.failure).toBeNull()
      expect(decoder.bufferedBytes).toBe(0)
    }),
  )
})

test('a truncated stream gives the complete frames and keeps the rest', () => {
  fc.assert(
    fc.property(fc.array(payload, { minLength: 1 }), fc.nat(), (payloads, seed) => {
      const stream = concat(payloads.map(frame))
      const cut = seed % stream.length
      const decoder = createFrameDecoder()
      const seen = [...copy(decoder.push(stream.subarray(0, cut)))]
      expect(seen).toEqual(payloads.slice(0, seen.length))
      seen.push(...copy(decoder.push(stream.subarray(cut))))
      expect(seen).toEqual(payloads)
    }),
  )
})

test('garbage never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
      const decoder = createFrameDecoder({ maxFrameBytes: 1024 })
      for (const chunk of chunks) decoder.push(chunk)
      expect(decoder.bufferedBytes).toBeLessThanOrEqual(64 * chunks.length)
    }),
  )
})

test('a zero length is an empty payload', () => {
  const decoder = createFrameDecoder()
  const payloads = decoder.push(concat([new Uint8Array(4), encodeFrame(5)]))
  expect(payloads.map((bytes) => bytes.length)).toEqual([0, 1])
})

test('an oversized length fails, whole or byte by byte, after the frames before it', () => {
  const stream = concat([encodeFrame({ a: 1 }), new Uint8Array([0xff, 0xff, 0xff, 0xff, 1, 2])])
  const whole = createFrameDecoder()
  expect(whole.push(stream)).toHaveLength(1)
  expect(whole.failure?.code).toBe('TRACEML_PROTOCOL_FRAME')
  expect(whole.failure?.message).toContain('4294967295')

  const bytewise = createFrameDecoder()
  let seen = 0
  for (const byte of stream) seen += bytewise.push(new Uint8Array([byte])).length
  expect(seen).toBe(1)
  expect(bytewise.failure?.details).toEqual({
    announcedBytes: 4_294_967_295,
    maxFrameBytes: 67_108_864,
  })
  expect(bytewise.push(encodeFrame(1))).toEqual([])
  expect(bytewise.bufferedBytes).toBeLessThanOrEqual(4)
})

test('an HTTP request is an oversized frame', () => {
  const decoder = createFrameDecoder()
  decoder.push(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
  expect(decoder.failure?.details['announcedBytes']).toBe(1_195_725_856)
})

test('announced bytes are not allocated before they arrive', () => {
  const decoder = createFrameDecoder()
  decoder.push(new Uint8Array([0x03, 0xff, 0xff, 0xff, 1, 2, 3]))
  expect(decoder.failure).toBeNull()
  expect(decoder.bufferedBytes).toBe(7)
})
