import { TraceMLError } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { analyzeTrend, DEFAULT_TREND_CONFIG, trendLabel } from './trend.js'

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

test('the defaults need 222 points, because the warm-up is dropped first', () => {
  expect(analyzeTrend(range(221))).toBeNull()
  expect(analyzeTrend(range(222))).toEqual({
    pointsSeen: 222,
    pointsUsed: 222,
    truncated: false,
    baselineAvg: 61.5,
    midAvg: 122,
    recentAvg: 211.5,
    deltaVsBaseline: 150,
    deltaVsMid: 89.5,
    ratioVsBaseline: 150 / 61.5,
    ratioVsMid: 89.5 / 122,
  })
})

test('band edges are evaluated in double precision', () => {
  // 100 × 0.55 is 55.00000000000001, so the middle band is 11 wide: mean of 45 to 55.
  const evidence = analyzeTrend(range(100), { minPoints: 50, warmupRatio: 0 })
  expect(evidence?.midAvg).toBe(50)
})

test('keeps the newest points within the history limit', () => {
  const evidence = analyzeTrend([...Array(100).fill(1e6), ...Array(60).fill(3)], {
    minPoints: 50,
    warmupRatio: 0,
    historyLimit: 60,
  })
  expect(evidence).toMatchObject({ truncated: true, pointsUsed: 60, baselineAvg: 3, recentAvg: 3 })
})

test.each([
  [{ minPoints: 2 }, 'minPoints is 2'],
  [{ historyLimit: 0 }, 'historyLimit is 0'],
  [{ warmupRatio: 1 }, 'warmupRatio is 1'],
  [{ deadbandRatio: -1 }, 'deadbandRatio is -1'],
  [{ mid: [0.6, 0.5] as const }, 'mid is [0.6,0.5]'],
])('refuses the setting %j', (config, words) => {
  expect(() => analyzeTrend([], config)).toThrow(words)
  try {
    analyzeTrend([], config)
  } catch (error) {
    expect(TraceMLError.isInstance(error) && error.code).toBe('TRACEML_INPUT_INVALID')
  }
})

test.each([
  [null, '—'],
  [0.123, '↑ +12.3%'],
  [-0.04, '↓ -4.0%'],
  [0.0199, '~ +2.0%'],
  [0.02, '↑ +2.0%'],
  [-0.0001, '~ -0.0%'],
])('label of %s', (ratio, label) => {
  expect(trendLabel(ratio, DEFAULT_TREND_CONFIG.deadbandRatio)).toBe(label)
})

test('no result holds a value that is not finite, whatever the series', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.double(), fc.constant(null)), { maxLength: 60 }), (series) => {
      const evidence = analyzeTrend(series, { minPoints: 3, warmupRatio: 0 })
      for (const value of Object.values(evidence ?? {})) {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
      }
    }),
  )
})
