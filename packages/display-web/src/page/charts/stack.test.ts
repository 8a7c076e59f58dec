import { expect, test } from 'vitest'
import { stack } from './stack.js'

test('parts stand on each other; unknown parts add nothing, unknown points are gaps', () => {
  const sums = stack([
    [1, null, null],
    [null, null, null],
    [2, 3, null],
  ])
  expect(sums).toEqual([
    [1, 0, null],
    [1, 0, null],
    [3, 3, null],
  ])
})

test('nothing is nothing', () => {
  expect(stack([])).toEqual([])
  expect(stack([[], []])).toEqual([[], []])
})
