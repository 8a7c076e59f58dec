import { SERIES_MAX_BUCKETS } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { bucketColumn, bucketEdges, seriesLine } from './series.js'
import { spreadOf } from './spread.js'
import { timeSeries } from './time-series.js'

const column = (length: number, valueAt: (index: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, index) => valueAt(index))

test('a long run is cut into buckets, and its one spike is still there', () => {
  const edges = bucketEdges(10_000)
  expect(edges).toHaveLength(SERIES_MAX_BUCKETS + 1)
  expect([edges[0], edges.at(-1)]).toEqual([0, 10_000])
  const spiky = column(10_000, (index) => (index === 4321 ? 900 : 10))
  const line = seriesLine([bucketColumn(spiky, edges)], { extremes: true })!
  expect(Math.max(...(line.high as number[]))).toBe(900)
  expect(line.high?.indexOf(900)).toBe(43)
  expect(line.typical[43]).toBeCloseTo(18.9, 9)
  expect(Math.min(...(line.low as number[]))).toBe(10)
})

test('a short run keeps every step, and extremes that say nothing more are left out', () => {
  const line = seriesLine([bucketColumn(Float64Array.of(3, 1, 2), bucketEdges(3))], {
    extremes: true,
    worst: true,
  })
  expect(line).toEqual({ typical: [3, 1, 2] })
  expect(seriesLine([bucketColumn(new Float64Array(0), bucketEdges(0))])).toBeNull()
  expect(seriesLine([])).toBeNull()
})

test('of several rows the median one is typical, and the highest is named apart', () => {
  const edges = bucketEdges(2)
  const rows = [
    [1, 1],
    [2, 2],
    [9, Number.NaN],
  ].map((values) => bucketColumn(Float64Array.from(values), edges))
  expect(seriesLine(rows, { worst: true })).toEqual({ typical: [2, 1.5], worst: [9, 2] })
})

test('a spread has the quantiles between the values', () => {
  const spread = spreadOf(Float64Array.of(4, 1, 3, 2))
  expect(spread).toMatchObject({ count: 4, mean: 2.5, min: 1, p50: 2.5, max: 4 })
  expect(spread.p95).toBeCloseTo(3.85, 12)
  expect(spread.standard_deviation).toBeCloseTo(Math.sqrt(5 / 3), 12)
  expect(spreadOf(Float64Array.of(7))).toMatchObject({ p99: 7, standard_deviation: null })
  expect(spreadOf(new Float64Array(0))).toMatchObject({ count: 0, mean: null, p50: null })
})

interface Sample {
  readonly sample_ts_s: number | null
  readonly value: number | null
}

const LINES = [{ name: 'value', read: (sample: Sample) => sample.value, parts: { worst: true } }]
const sample = (at: number | null, value: number | null): Sample => ({ sample_ts_s: at, value })

test('samples of several rows share one grid of time; a pause leaves no empty bucket', () => {
  const steady = [0, 2, 4, 6, 20].map((at) => sample(at, at))
  const late = [4.1, 6.2].map((at) => sample(at, 100))
  const series = timeSeries([steady, late], LINES)!
  expect(series.axis).toBe('unix_s')
  expect(series.at).toEqual([0, 5, 20])
  expect(series.lines['value']).toEqual({ typical: [1, 52.5, 20], worst: [1, 100, 20] })
})

test('samples without time or value draw nothing', () => {
  expect(timeSeries([[sample(null, 1)]], LINES)).toBeNull()
  expect(timeSeries([[sample(5, null)]], LINES)).toBeNull()
  expect(timeSeries([[sample(5, null), sample(5, 2)]], LINES)).toEqual({
    axis: 'unix_s',
    at: [5],
    lines: { value: { typical: [2] } },
  })
})
