import { expect, test } from 'vitest'
import { runCompareVectors } from '../vector-runners/compare.js'
import { readVector } from '../vectors.js'

const outcomes = runCompareVectors(readVector('compare.json'))

test('the published comparisons, labels and refusals are all there', () => {
  expect(outcomes).toHaveLength(98)
})

test.each(outcomes)('$name', ({ got, expected }) => {
  expect(got).toEqual(expected)
})
