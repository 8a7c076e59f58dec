import { InputError } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatFixed, roundHalfEven } from './rounding.js'

test.each([
  [6.25, 1, '6.2'],
  [8.75, 1, '8.8'],
  [0.5, 0, '0'],
  [1.5, 0, '2'],
  [2.5, 0, '2'],
  [-2.5, 0, '-2'],
  [0.125, 2, '0.12'],
  [0.375, 2, '0.38'],
  // Not ties: the binary value lies beside the decimal one.
  [0.15, 1, '0.1'],
  [0.25, 1, '0.2'],
  [1.005, 2, '1.00'],
  [2.675, 2, '2.67'],
  [1e21, 1, '1000000000000000000000.0'],
  [5e-324, 3, '0.000'],
])('formatFixed(%s, %s) is %s', (value, decimals, text) => {
  expect(formatFixed(value, decimals)).toBe(text)
})

test('what is no number reads n/a', () => {
  expect([null, Number.NaN, Infinity, -Infinity].map((value) => formatFixed(value, 1))).toEqual([
    'n/a',
    'n/a',
    'n/a',
    'n/a',
  ])
  expect(roundHalfEven(Number.NaN, 1)).toBeNaN()
})

test('a sign is written on request', () => {
  expect(formatFixed(1.25, 1, { sign: true })).toBe('+1.2')
  expect(formatFixed(-1.25, 1, { sign: true })).toBe('-1.2')
})

test('an unusable number of decimals names itself', () => {
  expect(() => formatFixed(1, -1)).toThrow(InputError)
  expect(() => roundHalfEven(1, 1.5)).toThrow('decimals is 1.5; give an integer from 0 to 99.')
})

/** Half to even in exact integer arithmetic: value = mantissa / 2^shift. */
function exactRounding(mantissa: bigint, shift: number, decimals: number): string {
  const divisor = 2n ** BigInt(shift)
  const scaled = mantissa * 10n ** BigInt(decimals)
  const doubled = 2n * (scaled % divisor)
  let units = scaled / divisor
  if (doubled > divisor || (doubled === divisor && units % 2n === 1n)) units += 1n
  const digits = units.toString().padStart(decimals + 1, '0')
  const split = digits.length - decimals
  return decimals === 0 ? digits : `${digits.slice(0, split)}.${digits.slice(split)}`
}

test('it agrees with exact arithmetic on every dyadic number', () => {
  const dyadic = fc.tuple(fc.nat(2 ** 31 - 1), fc.integer({ min: 0, max: 20 }))
  fc.assert(
    fc.property(dyadic, fc.integer({ min: 0, max: 12 }), ([mantissa, shift], decimals) => {
      const text = formatFixed(mantissa / 2 ** shift, decimals)
      expect(text).toBe(exactRounding(BigInt(mantissa), shift, decimals))
    }),
    { numRuns: 2000 },
  )
})
