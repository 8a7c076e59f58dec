import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateRows, type RowWish } from './allocate-rows.js'

const wish = (minRows: number, wantedRows: number, priority: number): RowWish => ({
  minRows,
  wantedRows,
  priority,
})

test.each<[string, readonly RowWish[], number, readonly number[]]>([
  ['everybody gets what it wants', [wish(2, 4, 1), wish(2, 5, 2)], 20, [4, 5]],
  ['the important one is raised first', [wish(2, 9, 1), wish(2, 9, 2)], 12, [3, 9]],
  ['who has no room for its least is left out', [wish(5, 9, 1), wish(5, 9, 2)], 8, [0, 8]],
  ['who wants less than its least gets that', [wish(5, 2, 1)], 8, [2]],
  ['no room at all', [wish(5, 9, 1)], 0, [0]],
])('%s', (_name, wishes, rows, expected) => {
  expect(allocateRows(wishes, rows)).toEqual(expected)
})

test('never more than there is, never more than wanted, never less than the least', () => {
  const wishes = fc.array(
    fc.record({
      minRows: fc.integer({ min: 1, max: 10 }),
      wantedRows: fc.integer({ min: 0, max: 300 }),
      priority: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(wishes, fc.integer({ min: 0, max: 60 }), (all, rows) => {
      const given = allocateRows(all, rows)
      expect(given.reduce((sum, height) => sum + height, 0)).toBeLessThanOrEqual(rows)
      for (const [index, height] of given.entries()) {
        const { minRows, wantedRows } = all[index]!
        expect(height).toBeLessThanOrEqual(wantedRows)
        if (height > 0) expect(height).toBeGreaterThanOrEqual(Math.min(minRows, wantedRows))
      }
    }),
  )
})
