import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayWidth } from '../text/measure.js'
import { meter } from './meter.js'
import { largestPerPoint, sparkline } from './sparkline.js'
import { layoutTable, type TableColumn } from './table.js'

test.each<[string, readonly (number | null)[], number, string]>([
  ['rising', [1, 2, 3, 4, 5, 6, 7, 8], 8, '▁▂▃▄▅▆▇█'],
  ['an unknown value is a gap, not a zero', [1, null, 8], 8, '▁ █'],
  ['hardly moving is flat', [100, 101, 100.5], 8, '▃▃▃'],
  ['all zero', [0, 0], 8, '▃▃'],
  ['nothing known', [null, null], 8, ''],
  ['a peak survives the squeeze', [1, 1, 1, 9, 1, 1, 1, 1], 2, '█▁'],
])('sparkline: %s', (_name, values, columns, expected) => {
  expect(sparkline(values, columns)).toBe(expected)
})

test('a squeezed series keeps its largest value and never gains points', () => {
  const series = fc.array(fc.option(fc.integer()), { maxLength: 300 })
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 100 }), (values, points) => {
      const squeezed = largestPerPoint(values, points)
      expect(squeezed.length).toBe(Math.min(values.length, points))
      const largest = (list: readonly (number | null)[]): number =>
        Math.max(...list.filter((value) => value !== null))
      expect(largest(squeezed)).toBe(largest(values))
    }),
  )
})

test('a meter always has its width, shows what is not zero and clamps', () => {
  expect(meter(0.5, 4)).toEqual({ fill: '██', rest: '··' })
  expect(meter(null, 3)).toEqual({ fill: '', rest: '···' })
  expect(meter(0, 3)).toEqual({ fill: '', rest: '···' })
  expect(meter(0.0001, 3)).toEqual({ fill: '▏', rest: '··' })
  expect(meter(7, 3)).toEqual({ fill: '███', rest: '' })
})

const COLUMNS: readonly TableColumn<{ name: string; ms: number }>[] = [
  { title: 'rank', align: 'left', priority: 3, cell: ({ name }) => name },
  { title: 'step', align: 'right', priority: 2, cell: ({ ms }) => `${ms} ms` },
  { title: 'note', align: 'left', priority: 1, cell: () => 'a remark' },
]

test('a table is as wide as what it holds and drops its least important columns', () => {
  const rows = [
    { name: 'r0', ms: 12 },
    { name: 'r10', ms: 1234 },
  ]
  expect(layoutTable(COLUMNS, rows, 40)).toEqual({
    header: 'rank     step  note    ',
    rows: ['r0      12 ms  a remark', 'r10   1234 ms  a remark'],
  })
  expect(layoutTable(COLUMNS, rows, 20)).toEqual({
    header: 'rank     step',
    rows: ['r0      12 ms', 'r10   1234 ms'],
  })
  const narrow = layoutTable(COLUMNS, rows, 3)
  expect(displayWidth(narrow.header)).toBe(3)
})
