import { createLiveSourceFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { linesOfPayload, linesOfSeries, moveRange, queryOf } from './step-range.js'

test.each([
  [{ kind: 'follow', steps: 100 } as const, null],
  [{ kind: 'follow', steps: 1000 } as const, { from_step: 4001, points: 600 }],
  [{ kind: 'follow', steps: 0 } as const, { points: 600 }],
  [{ kind: 'range', from: 3, to: 9 } as const, { from_step: 3, to_step: 9, points: 600 }],
])('%j asks for %j', (view, query) => {
  expect(queryOf(view, 5000, 600)).toEqual(query)
})

test('both kinds of steps have lists of one length', async () => {
  const source = createLiveSourceFixture('straggler')
  const { body } = source.payload().sections.step_time
  if (body === null) throw new Error('the fixture has no steps')
  const series = await source.series({ points: 40 })
  for (const lines of [linesOfPayload(body), linesOfSeries(series)]) {
    const { middle, highest, worstRank, phases } = lines
    const lengths = [middle, highest ?? [], worstRank, ...Object.values(phases)]
    expect(new Set(lengths.map(({ length }) => length))).toEqual(new Set([lines.steps.length]))
  }
})

test('single steps of one rank have one line', async () => {
  const source = createLiveSourceFixture('straggler')
  const own = linesOfSeries(await source.series({ rank: 5, points: 5000 }))
  expect(own).toMatchObject({ middleLabel: 'step time', highest: null, lowest: null })
  const far = linesOfSeries(await source.series({ rank: 5, points: 10 }))
  expect(far.middleLabel).toBe('mean')
  expect(far.highest).toHaveLength(far.steps.length)
})

test('a range stays within what is known, and keeps its width while it moves', () => {
  const known = { oldest: 1, newest: 1000 }
  expect(moveRange({ from: 100, to: 200 }, { by: 0.5 }, known)).toEqual({ from: 150, to: 250 })
  expect(moveRange({ from: 950, to: 1000 }, { by: 1 }, known)).toEqual({ from: 950, to: 1000 })
  expect(moveRange({ from: 10, to: 60 }, { by: -1 }, known)).toEqual({ from: 1, to: 51 })
  expect(moveRange({ from: 100, to: 200 }, { zoom: 0.5 }, known)).toEqual({ from: 125, to: 175 })
  expect(moveRange({ from: 100, to: 200 }, { zoom: 100 }, known)).toEqual({ from: 1, to: 1000 })
  expect(moveRange({ from: 100, to: 102 }, { zoom: 0.1 }, known)).toEqual({ from: 100, to: 102 })
})
