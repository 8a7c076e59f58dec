import type { RawRow, RawRows, RawRowsQuery } from '@traceml/storage/better-sqlite3'
import { expect, test } from 'vitest'
import { type LiveTable, type Positions, rowsInTime } from './rows-in-time.js'

type Stored = Partial<Record<LiveTable, readonly (readonly [id: number, seconds: number])[]>>

function historyOf(stored: Stored): RawRows {
  return {
    sizes: () => [],
    close: () => {},
    *pages({ table, afterId = 0 }: RawRowsQuery) {
      const rows: RawRow[] = (stored[table as LiveTable] ?? [])
        .filter(([id]) => id > afterId)
        .map(([id, seconds]) => ({ id, sample_ts_s: seconds }))
      // Small pages, so that moments reach over several of them.
      for (let start = 0; start < rows.length; start += 2) yield rows.slice(start, start + 2)
    },
  }
}

function read(stored: Stored, positions: Positions = new Map()) {
  return [...rowsInTime(historyOf(stored), positions, 0)].map(({ atSeconds, rows }) => ({
    atSeconds,
    rows: Object.fromEntries([...rows].map(([table, list]) => [table, list.map(({ id }) => id)])),
  }))
}

test('tables go side by side, a second at a time', () => {
  expect(
    read({
      step_time_samples: [
        [1, 10.1],
        [2, 10.4],
        [3, 10.9],
        [4, 12.5],
      ],
      system_samples: [
        [1, 10.2],
        [2, 12.2],
      ],
    }),
  ).toEqual([
    { atSeconds: 10.9, rows: { system_samples: [1], step_time_samples: [1, 2, 3] } },
    { atSeconds: 12.5, rows: { system_samples: [2], step_time_samples: [4] } },
  ])
})

test('time never goes back, also where rows came late', () => {
  const moments = read({
    step_time_samples: [
      [1, 20],
      [2, 15],
      [3, 21],
    ],
  })
  expect(moments.map(({ atSeconds }) => atSeconds)).toEqual([20, 21])
  expect(moments[0]?.rows).toEqual({ step_time_samples: [1, 2] })
})

test('a later reading goes on where the earlier one ended', () => {
  const positions: Positions = new Map()
  read({ process_samples: [[1, 5]] }, positions)
  expect(positions.get('process_samples')).toBe(1)
  const more = { process_samples: [[1, 5] as const, [2, 7] as const] }
  expect(read(more, positions)).toEqual([{ atSeconds: 7, rows: { process_samples: [2] } }])
})

test('nothing stored is nothing', () => {
  expect(read({})).toEqual([])
})
