import { expect, test } from 'vitest'
import { analyzeRobustTrend } from './robust-trend.js'

const CONFIG = { maxBlocks: 20, minBlockSize: 5 }
const series = (count: number, value: (index: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => value(index))

test('a line rises in every pair of blocks, with its slope', () => {
  const trend = analyzeRobustTrend(
    series(200, (i) => 1000 + 3 * i),
    CONFIG,
  )
  expect(trend?.risingPairRatio).toBe(1)
  expect(trend?.slope).toBeCloseTo(3, 9)
  expect(trend?.isStep).toBe(false)
  // (190 - 1) / sqrt(20 × 19 × 45 / 18), the score of the test without ties.
  expect(trend?.score).toBeCloseTo(189 / Math.sqrt(950), 9)
})

test('a falling line has a negative score, a flat one none', () => {
  expect(
    analyzeRobustTrend(
      series(100, (i) => -i),
      CONFIG,
    )?.score,
  ).toBeLessThan(-5)
  expect(
    analyzeRobustTrend(
      series(100, () => 7),
      CONFIG,
    ),
  ).toMatchObject({
    score: 0,
    slope: 0,
    risingPairRatio: 0.5,
  })
})

test('one jump fits two levels better than a line', () => {
  const jump = series(200, (i) => (i < 120 ? 10 : 14) + (i % 3) / 10)
  expect(analyzeRobustTrend(jump, CONFIG)?.isStep).toBe(true)
})

test('single spikes do not move the blocks', () => {
  const spiky = series(200, (i) => (i % 25 === 24 ? 1e6 : 10))
  expect(analyzeRobustTrend(spiky, CONFIG)).toMatchObject({ score: 0, slope: 0 })
})

test('too few blocks give no answer', () => {
  expect(
    analyzeRobustTrend(
      series(39, (i) => i),
      CONFIG,
    ),
  ).toBeNull()
})
