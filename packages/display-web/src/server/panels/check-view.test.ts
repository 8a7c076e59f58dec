import { expect, test } from 'vitest'
import { checkPanelView } from './check-view.js'

test('a view of all kinds of blocks is one', () => {
  const view = {
    blocks: [
      { kind: 'lines', lines: ['a'] },
      { kind: 'figures', figures: [{ label: 'a', value: null, unit: 'ms' }] },
      { kind: 'table', columns: [{ label: 'a', unit: null }], rows: [[1], ['x'], [null]] },
      {
        kind: 'series',
        x_label: 'step',
        x: [1, 2],
        unit: 'ms',
        series: [{ label: 'a', values: [null, 2] }],
      },
    ],
  }
  expect(checkPanelView(view)).toEqual(view)
})

test.each<[unknown, RegExp]>([
  [undefined, /no view/],
  ['text', /no view/],
  [{ blocks: [null] }, /block 1, which is of no known kind: null/],
  [{ blocks: [{ kind: 'html', html: '<b>' }] }, /no known kind: {"kind":"html"/],
  [{ blocks: [{ kind: 'lines' }] }, /no list of lines/],
  [{ blocks: [{ kind: 'table', columns: [{}], rows: [[1, 2]] }] }, /another length/],
  [{ blocks: [{ kind: 'table', columns: [], rows: new Array(2001).fill([]) }] }, /2001 rows/],
  [{ blocks: [{ kind: 'series', x: [1], series: [{ values: [] }] }] }, /another length/],
])('%j is refused in one sentence', (view, expected) => {
  expect(() => checkPanelView(view)).toThrow(expected)
})

test('what cannot be written as JSON is refused', () => {
  const loop: unknown[] = []
  loop.push(loop)
  expect(() => checkPanelView({ blocks: loop })).toThrow(/circular/i)
})
