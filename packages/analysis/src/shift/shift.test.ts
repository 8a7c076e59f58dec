import { InputError } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockMeans, neighbourDependence } from './blocks.js'
import { normalQuantile, normalTail } from './normal.js'
import { rankShift } from './rank-shift.js'
import { seriesRatio } from './series-ratio.js'

const CONFIG = { blocks: 20, minBlockSize: 2, minBlocks: 10, confidence: 0.95 }

/** Deterministic noise around 0: a low-discrepancy sequence, so that no seed decides a test. */
function noise(index: number): number {
  return ((index * 0.618033988749895) % 1) - 0.5
}

function series(length: number, level: number, spread: number, offset = 0): Float64Array {
  return Float64Array.from({ length }, (_, i) => level * (1 + spread * noise(i + 1 + offset)))
}

test.each([
  [0, 0.5],
  [1.959964, 0.025],
  [-1, 0.841345],
  [3.090232, 0.001],
])('the tail above %f is %f', (z, tail) => {
  expect(normalTail(z)).toBeCloseTo(tail, 6)
  if (tail <= 0.5) expect(normalQuantile(tail)).toBeCloseTo(z, 4)
})

test('blocks are consecutive, nearly equal in length, and keep the mean of what recurs', () => {
  expect([...blockMeans(Float64Array.of(1, 3, 5, 7, 9), 2)]).toEqual([2, 7])
  expect([...blockMeans(Float64Array.of(1, 2), 9)]).toEqual([1, 2])
  expect(blockMeans(new Float64Array(0), 3)).toHaveLength(0)
})

test('a shift of two samples that can be checked by hand', () => {
  // Differences b - a: 1 to 5 around 3. Three against three cannot be sure to 95 %: 2 of 20 orders.
  const found = rankShift(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6))
  expect(found).toMatchObject({ shift: 3, interval: null })
  // U = 9 of 9, mean 4.5, variance 3 · 3 · 7 / 12: z = 4 / 2.2913.
  expect(found?.pValue).toBeCloseTo(0.0809, 3)
})

test('samples that are equal have no shift, whatever their ties', () => {
  const values = Float64Array.from({ length: 20 }, () => 7)
  expect(rankShift(values, values)).toEqual({
    shift: 0,
    interval: { low: 0, high: 0 },
    pValue: 1,
  })
})

test('an empty sample has no shift and a confidence outside 0 to 1 names itself', () => {
  expect(rankShift(new Float64Array(0), Float64Array.of(1))).toBeNull()
  const call = () => rankShift(Float64Array.of(1), Float64Array.of(1), { confidence: 95 })
  expect(call).toThrow(InputError)
  expect(call).toThrow('confidence is 95; give a number between 0 and 1, for example 0.95.')
})

const sample = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 8, maxLength: 25 })
  .map((values) => Float64Array.from(values))

test('the shift turns its sign with the samples, lies in its interval and follows an offset', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const forth = rankShift(a, b)!
      const back = rankShift(b, a)!
      expect(back.shift).toBeCloseTo(-forth.shift, 6)
      expect(back.pValue).toBeCloseTo(forth.pValue, 12)
      if (forth.interval === null) return
      expect(forth.interval.low).toBeLessThanOrEqual(forth.shift)
      expect(forth.interval.high).toBeGreaterThanOrEqual(forth.shift)
      const moved = rankShift(
        a,
        b.map((value) => value + 1000),
      )!
      expect(moved.shift).toBeCloseTo(forth.shift + 1000, 4)
    }),
  )
})

test('dependence of neighbours is found, and is none for noise and short series', () => {
  const wander = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i / 8))
  expect(neighbourDependence(wander)).toBeGreaterThan(0.85)
  expect(neighbourDependence(series(200, 1, 1))).toBe(0)
  expect(neighbourDependence(Float64Array.of(1, 2, 3))).toBe(0)
  expect(neighbourDependence(new Float64Array(30).fill(4))).toBe(0)
})

test('five percent more is found through noise of ten percent, with its interval', () => {
  const found = seriesRatio(series(400, 100, 0.2), series(300, 105, 0.2, 7), CONFIG)!
  expect(found.ratio).toBeCloseTo(1.05, 2)
  expect(found.interval!.low).toBeGreaterThan(1.03)
  expect(found.interval!.high).toBeLessThan(1.07)
  expect(found.pValue).toBeLessThan(0.001)
  expect(found.blocks).toEqual({ a: 26, b: 20 })
})

test('a cost that comes every tenth step is in the ratio, although no median shows it', () => {
  const spiky = series(400, 100, 0.02).map((value, i) => (i % 10 === 9 ? value * 3 : value))
  expect(seriesRatio(series(400, 100, 0.02), spiky, CONFIG)!.ratio).toBeCloseTo(1.2, 1)
})

test('runs of different length are cut into blocks of one length, so a rare cost stays the same', () => {
  const rare = (length: number): Float64Array =>
    series(length, 100, 0.02).map((value, i) => (i % 20 === 19 ? value * 5 : value))
  const found = seriesRatio(rare(60), rare(6000), CONFIG)!
  expect(found.blocks).toEqual({ a: 20, b: 2000 })
  expect(found.interval!.high).toBeLessThan(1.03)
})

test('a slow wander leaves everything open, unless the series are far apart', () => {
  const wander = (phase: number, level: number): Float64Array =>
    Float64Array.from({ length: 400 }, (_, i) => level * (1 + 0.1 * Math.sin(i / 64 + phase)))
  expect(seriesRatio(wander(0, 100), wander(2, 100), CONFIG)!.interval).toBeNull()
  const apart = seriesRatio(wander(0, 100), wander(2, 200), CONFIG)!
  expect(apart.interval!.low).toBeGreaterThan(1.6)
  expect(apart.interval!.high).toBeLessThan(2.5)
})

test('too few steps and times that are zero say nothing', () => {
  expect(seriesRatio(series(19, 1, 0.1), series(400, 1, 0.1), CONFIG)).toBeNull()
  expect(seriesRatio(new Float64Array(40), series(40, 1, 0.1), CONFIG)).toBeNull()
})
