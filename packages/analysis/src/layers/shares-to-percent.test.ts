import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharesToPercent } from './shares-to-percent.js'

test('three thirds are a whole', () => {
  expect(sharesToPercent([1 / 3, 1 / 3, 1 / 3], 1)).toEqual([33.4, 33.3, 33.3])
  expect(sharesToPercent([0.5, null, 0.25, 0.25], 0)).toEqual([50, null, 25, 25])
  expect(sharesToPercent([0.125, 0.125], 0)).toEqual([13, 12])
  expect(sharesToPercent([null], 1)).toEqual([null])
  expect(sharesToPercent([], 1)).toEqual([])
})

test('whatever the parts: the sum is 100, and no part is off by a whole unit', () => {
  const sizes = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
    minLength: 1,
    maxLength: 40,
  })
  fc.assert(
    fc.property(sizes, fc.nat(2), (values, decimals) => {
      const total = values.reduce((sum, value) => sum + value, 0)
      fc.pre(total > 0)
      const shares = values.map((value) => value / total)
      const units = sharesToPercent(shares, decimals).map((value) => (value ?? 0) * 10 ** decimals)
      expect(units.reduce((sum, value) => sum + Math.round(value), 0)).toBe(100 * 10 ** decimals)
      units.forEach((value, i) => {
        const exact = (shares[i] ?? 0) * 100 * 10 ** decimals
        expect(Math.abs(value - exact)).toBeLessThan(1.001)
      })
    }),
  )
})
