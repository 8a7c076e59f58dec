import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSendBuffer } from './send-buffer.js'

function frame(size: number, mark = 0): Uint8Array {
  return new Uint8Array(size).fill(mark)
}

test('frames leave in order and are joined up to the limit', () => {
  const buffer = createSendBuffer({ maxBytes: 1000, maxFrames: 100 })
  for (const mark of [1, 2, 3]) buffer.add(frame(4, mark), 1, false)
  expect(buffer.take(8)).toEqual({
    bytes: new Uint8Array([1, 1, 1, 1, 2, 2, 2, 2]),
    frames: 2,
  })
  expect(buffer.take(1)).toEqual({ bytes: frame(4, 3), frames: 1 })
  expect(buffer.take(8)).toBeNull()
  expect(buffer.settledThrough).toBe(0)
  buffer.confirm(2)
  expect(buffer.settledThrough).toBe(2)
  buffer.rewind()
  expect(buffer.take(8)?.bytes).toEqual(frame(4, 3))
  expect(buffer.stats()).toEqual({
    bytes: 4,
    frames: 1,
    deliveredFrames: 2,
    droppedFrames: 0,
    droppedRows: 0,
  })
})

test('a full buffer drops its oldest telemetry, counts the rows and keeps controls', () => {
  const buffer = createSendBuffer({ maxBytes: 10, maxFrames: 100 })
  buffer.add(frame(4, 1), 0, true)
  buffer.add(frame(4, 2), 20, false)
  buffer.add(frame(4, 3), 30, false)
  expect(buffer.stats()).toMatchObject({ bytes: 8, frames: 2, droppedFrames: 1, droppedRows: 20 })
  expect(buffer.take(100)).toEqual({
    bytes: new Uint8Array([1, 1, 1, 1, 3, 3, 3, 3]),
    frames: 2,
  })
  buffer.confirm(2)
  expect(buffer.settledThrough).toBe(3)
})

test('a dropped frame that was already sent is lost only if the connection breaks', () => {
  const make = (): ReturnType<typeof createSendBuffer> => {
    const buffer = createSendBuffer({ maxBytes: 8, maxFrames: 100 })
    buffer.add(frame(4), 1, false)
    buffer.add(frame(4), 1, false)
    buffer.take(100)
    buffer.add(frame(4), 1, false)
    return buffer
  }
  const acked = make()
  expect(acked.stats().droppedFrames).toBe(0)
  acked.confirm(2)
  expect(acked.stats()).toMatchObject({ deliveredFrames: 2, droppedFrames: 0, frames: 1 })

  const broken = make()
  broken.rewind()
  expect(broken.stats()).toMatchObject({ droppedFrames: 1, droppedRows: 1, frames: 2 })
})

test('a frame larger than the buffer still travels', () => {
  const buffer = createSendBuffer({ maxBytes: 10, maxFrames: 100 })
  buffer.add(frame(50), 1, false)
  expect(buffer.take(1)?.frames).toBe(1)
})

test('abandon counts everything that is left', () => {
  const buffer = createSendBuffer({ maxBytes: 100, maxFrames: 100 })
  buffer.add(frame(4), 3, false)
  buffer.add(frame(4), 0, true)
  buffer.take(4)
  buffer.abandon()
  expect(buffer.stats()).toMatchObject({ bytes: 0, frames: 0, droppedFrames: 2, droppedRows: 3 })
  expect(buffer.settledThrough).toBe(2)
})

const command = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), size: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('take' as const), size: fc.integer({ min: 1, max: 80 }) }),
  fc.record({ kind: fc.constant('confirm' as const), size: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant('rewind' as const), size: fc.constant(0) }),
)

test('whatever happens, every frame is delivered, dropped or held, and the limits hold', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 3000, size: 'max' }), (commands) => {
      const buffer = createSendBuffer({ maxBytes: 100, maxFrames: 6 })
      let added = 0
      let inFlight = 0
      for (const { kind, size } of commands) {
        if (kind === 'add') {
          buffer.add(frame(size), 1, false)
          added += 1
        } else if (kind === 'take') inFlight += buffer.take(size)?.frames ?? 0
        else if (kind === 'confirm') {
          const count = Math.min(size, inFlight)
          buffer.confirm(count)
          inFlight -= count
        } else {
          buffer.rewind()
          inFlight = 0
        }
        const held = buffer.stats()
        expect(held.bytes).toBeLessThanOrEqual(100)
        expect(held.frames).toBeLessThanOrEqual(6)
        expect(held.deliveredFrames + held.droppedFrames + held.frames).toBeLessThanOrEqual(added)
      }
      buffer.rewind()
      const end = buffer.stats()
      expect(end.deliveredFrames + end.droppedFrames + end.frames).toBe(added)
      expect(end.droppedRows).toBe(end.droppedFrames)
    }),
    { numRuns: 60 },
  )
})
