import { expect, test } from 'vitest'
import { lateness } from './lateness.js'

test('a rank is late against the median of its own step', () => {
  const late = lateness([
    [100, 10, null],
    [100, 20, 5],
    [150, 10, null],
  ])
  expect(late).toEqual([
    [0, 0, null],
    [0, 1, 0],
    [0.5, 0, null],
  ])
})

test('steps without any time are unknown, steps of no length say nothing', () => {
  expect(lateness([[null, 0]])).toEqual([[null, null]])
  expect(lateness([])).toEqual([])
})
