import { InputError } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mean, median, medianAbsoluteDeviation, quantileLinear } from './statistics.js'

test('missing values take no part, and nothing measured is null', () => {
  const values = [3, null, Number.NaN, 1, Infinity]
  expect(mean(values)).toBe(2)
  expect(median(values)).toBe(2)
  expect(quantileLinear(values, 0.25)).toBe(1.5)
  expect(medianAbsoluteDeviation(values)).toBe(1)
  for (const statistic of [mean, median, medianAbsoluteDeviation]) {
    expect(statistic([null, Number.NaN])).toBeNull()
  }
  expect(quantileLinear([], 0.5)).toBeNull()
})

test('no infinity leaves', () => {
  expect(mean([Number.MAX_VALUE, Number.MAX_VALUE])).toBeNull()
  expect(median([Number.MAX_VALUE, Number.MAX_VALUE])).toBeNull()
})

test('one outlier does not move the median and its spread', () => {
  expect(median([10, 11, 12, 13, 1e9])).toBe(12)
  expect(medianAbsoluteDeviation([10, 11, 12, 13, 1e9])).toBe(1)
})

test('a quantile outside 0 to 1 names itself', () => {
  expect(() => quantileLinear([1], 1.5)).toThrow(InputError)
  expect(() => quantileLinear([1], Number.NaN)).toThrow(
    'quantile is NaN; give a number from 0 to 1.',
  )
})

const numbers = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 })

test('the median is the middle of the sorted values, in any order', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const sorted = values.toSorted((a, b) => a - b)
      const middle = sorted.length >> 1
      const expected =
        sorted.length % 2 === 1
          ? sorted[middle]
          : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
      expect(median(values)).toBeCloseTo(expected as number, 6)
      expect(median(Float64Array.from(values.toReversed()))).toBe(median(values))
    }),
  )
})

test('quantiles lie between the extremes and rise', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, quantile) => {
      const result = quantileLinear(values, quantile) as number
      const slack = 1e-6
      expect(result).toBeGreaterThanOrEqual(Math.min(...values) - slack)
      expect(result).toBeLessThanOrEqual(Math.max(...values) + slack)
      // `===`, because -0 and 0 are one value here.
      expect(quantileLinear(values, 0) === Math.min(...values)).toBe(true)
      expect(quantileLinear(values, 1) === Math.max(...values)).toBe(true)
    }),
  )
})

test('no argument is changed', () => {
  const values = Float64Array.of(3, 1, 2)
  median(values)
  quantileLinear(values, 0.5)
  expect([...values]).toEqual([3, 1, 2])
})
