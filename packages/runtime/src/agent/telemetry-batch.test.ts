import { encodeFrame, encodePayload } from '@traceml/codec'
import { envelopeMeta, type WireRow } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveIdentity } from '../lifecycle/identity.js'
import { buildFrames, createRowCollector } from './telemetry-batch.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('frames equal the generic encoder, however the rows were given', () => {
  const row = fc.record({ seq: fc.nat(), ts: fc.double({ noNaN: true }), text: fc.string() })
  const emitted = fc.record({
    table: fc.constantFrom('a', 'b'),
    rows: fc.array(row),
    raw: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(fc.array(emitted), { maxLength: 4 }), (samplers) => {
      const encoded = []
      const plain = []
      for (const [index, batches] of samplers.entries()) {
        const collector = createRowCollector(null)
        const tables: Record<string, WireRow[]> = {}
        for (const { table, rows, raw } of batches) {
          if (raw) {
            collector.emitEncoded!(table, Buffer.concat(rows.map(encodePayload)), rows.length)
          } else for (const one of rows) collector.emit(table, one)
          if (rows.length > 0) tables[table] = [...(tables[table] ?? []), ...rows]
        }
        const meta = envelopeMeta(resolveIdentity({}), `S${index}`, 1.5)
        if (collector.isEmpty) continue
        encoded.push({ meta, chunks: collector.take() })
        plain.push({ meta, body: { tables } })
      }
      const frames = buildFrames(encoded, 1e9)
      expect(frames.map(({ bytes }) => hex(bytes))).toEqual(
        plain.length === 0 ? [] : [hex(encodeFrame(plain))],
      )
    }),
  )
})

test('too much for one frame goes on in the next, no row twice or lost', () => {
  const collector = createRowCollector(null)
  for (let seq = 0; seq < 100; seq += 1) collector.emit('t', { seq })
  const meta = envelopeMeta(resolveIdentity({}), 'S', 1)
  const frames = buildFrames([{ meta, chunks: collector.take() }], 50)
  expect(frames.length).toBeGreaterThan(5)
  expect(frames.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(100)
})

test('a cap keeps the newest rows and refuses encoded ones', () => {
  const collector = createRowCollector(1)
  for (let seq = 0; seq < 5; seq += 1) collector.emit('t', { seq })
  expect(collector.emitEncoded).toBeUndefined()
  expect(collector.take().map(({ bytes }) => hex(bytes))).toEqual([hex(encodePayload({ seq: 4 }))])
  expect(collector.isEmpty).toBe(true)
})

test('a runaway sampler is refused rows, and they are counted', () => {
  const collector = createRowCollector(null)
  const rows = new Uint8Array(10)
  for (let batch = 0; batch < 300; batch += 1) collector.emitEncoded!('t', rows, 1_000)
  expect(collector.refusedRows).toBe(100_000)
})
