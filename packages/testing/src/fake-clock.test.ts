import { expect, test } from 'vitest'
import { createFakeClock } from './fake-clock.js'

test('moves only when told to, and both clocks together', () => {
  const clock = createFakeClock(1000)
  expect([clock.monotonicMs(), clock.wallSeconds()]).toEqual([0, 1000])
  clock.advance(1500)
  expect([clock.monotonicMs(), clock.wallSeconds()]).toEqual([1500, 1001.5])
})

test('the wall clock can be set without the other one', () => {
  const clock = createFakeClock()
  clock.setWallSeconds(5)
  expect([clock.monotonicMs(), clock.wallSeconds()]).toEqual([0, 5])
})
