import { expect, test } from 'vitest'
import { createIntervalClock } from './interval-clock.js'

test('overlapping waits count once', () => {
  const clock = createIntervalClock()
  clock.begin(10)
  clock.begin(12)
  expect(clock.end(15)).toBe(5)
  expect(clock.end(20)).toBe(5)
  expect(clock.isOpen).toBe(false)
  clock.begin(30)
  expect(clock.total(31)).toBe(11)
  expect(clock.seen).toBe(3)
})

test('suspended spans do not count, nested suspensions end together', () => {
  const clock = createIntervalClock()
  clock.begin(0)
  clock.suspend(2)
  clock.suspend(3)
  clock.resume(8)
  expect(clock.total(9)).toBe(2)
  clock.resume(10)
  expect(clock.end(11)).toBe(1)
  expect(clock.total(50)).toBe(3)
})

test('after a reset only the rest of an open wait counts', () => {
  const clock = createIntervalClock()
  clock.begin(0)
  clock.reset(4)
  expect(clock.seen).toBe(1)
  clock.end(6)
  expect(clock.total(9)).toBe(2)
  clock.reset(9)
  expect([clock.seen, clock.total(20)]).toEqual([0, 0])
})
