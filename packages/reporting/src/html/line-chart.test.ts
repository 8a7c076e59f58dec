import { expect, test } from 'vitest'
import type { LineView, SeriesView } from '../view/report-view.js'
import { lineChart } from './line-chart.js'
import { niceCeiling } from './plot.js'

const names = { typical: 'average', worst: 'highest rank' }

function draw(line: Partial<LineView>, at: readonly number[]): string {
  const full: LineView = { typical: [], worst: null, low: null, high: null, ...line }
  const series: SeriesView = { axis: 'step', at, lines: { step_time_ms: full } }
  return lineChart({ title: 'Step time', metric: 'step_time_ms', series, line: full, names }).markup
}

test('a scale ends at a number that is easy to read', () => {
  expect([0, 0.7, 1, 101, 131, 990].map(niceCeiling)).toEqual([1, 0.8, 1, 125, 150, 1000])
})

test('what was not measured is a gap, and a value alone is a dot', () => {
  const markup = draw({ typical: [100, null, 100, 50] }, [0, 10, 20, 30])
  expect(markup).toContain('d="M0.0 0.0h0.1M666.7 0.0L1000.0 100.0"')
})

test('one spike does not press the rest flat, and is told', () => {
  const at = Array.from({ length: 100 }, (_, index) => index)
  const markup = draw(
    { typical: at.map(() => 100), high: at.map((x) => (x === 0 ? 5000 : 120)) },
    at,
  )
  expect(markup).toContain('5,000.0&thinsp;ms, lies beyond')
  expect(markup).toContain('200.0&thinsp;ms')
})

test('a run of zeros has a scale', () => {
  expect(draw({ typical: [0, 0] }, [0, 1])).toContain('M0.0 200.0L1000.0 200.0')
})
