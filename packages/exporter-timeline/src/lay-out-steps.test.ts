import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TimelineStep } from './lay-out-steps.js'
import { layOutSteps } from './lay-out-steps.js'

const step = (over: Partial<TimelineStep>): TimelineStep => ({
  rank: 0,
  step: 1,
  endSeconds: 1000,
  durationMs: { cpu: 10 },
  phases: {},
  ...over,
})

test('a step ends where it was stamped; its phases stand one behind the other, parts within', () => {
  const slices = [
    ...layOutSteps([
      step({
        phases: {
          cpu: [
            { name: 'input_wait', ms: 4 },
            {
              name: 'forward',
              ms: 2,
              parts: [
                { name: 'fc1', ms: 0.5 },
                { name: 'fc2', ms: 1 },
              ],
            },
          ],
        },
      }),
    ]),
  ]
  expect(
    slices.map(({ depth, name, startUs, durationUs }) => [
      depth,
      name,
      startUs - 999_990_000,
      durationUs,
    ]),
  ).toEqual([
    [0, 'step', 0, 10_000],
    [1, 'input_wait', 0, 4_000],
    [1, 'forward', 4_000, 2_000],
    [2, 'fc1', 4_000, 500],
    [2, 'fc2', 4_500, 1_000],
  ])
})

test('what does not fit is drawn shorter and keeps what was measured', () => {
  const slices = [...layOutSteps([step({ phases: { cpu: [{ name: 'backward', ms: 25 }] } })])]
  expect(slices[1]).toMatchObject({ durationUs: 10_000, measuredMs: 25 })
})

test('parts that are longer than their phase all shrink by one factor', () => {
  const parts = [
    { name: 'a', ms: 3 },
    { name: 'b', ms: 1 },
  ]
  const phases = { cpu: [{ name: 'forward', ms: 2, parts }] }
  const drawn = [...layOutSteps([step({ phases })])].filter(({ depth }) => depth === 2)
  expect(drawn.map(({ durationUs }) => durationUs)).toEqual([1_500, 500])
  expect(drawn.map(({ measuredMs }) => measuredMs)).toEqual([3, 1])
})

test('each clock has a track of its own', () => {
  const slices = [
    ...layOutSteps([
      step({
        durationMs: { cpu: 10, gpu: 30 },
        phases: { gpu: [{ name: 'forward', ms: 20 }] },
      }),
    ]),
  ]
  expect(slices.map(({ clock, name, durationUs }) => [clock, name, durationUs])).toEqual([
    ['cpu', 'step', 10_000],
    ['gpu', 'step', 30_000],
    ['gpu', 'forward', 20_000],
  ])
})

const arbitraryStep = fc
  .record({
    rank: fc.integer({ min: 0, max: 2 }),
    endSeconds: fc.double({ min: 0, max: 100, noNaN: true }),
    ms: fc.double({ min: 0, max: 5000, noNaN: true }),
    phases: fc.array(
      fc.record({
        name: fc.constant('forward'),
        ms: fc.double({ min: 0, max: 5000, noNaN: true }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ rank, endSeconds, ms, phases }) =>
    step({ rank, endSeconds, durationMs: { cpu: ms }, phases: { cpu: phases } }),
  )

test('whatever the clocks say, slices of a track never overlap and children stay within', () => {
  fc.assert(
    fc.property(fc.array(arbitraryStep, { maxLength: 30 }), (steps) => {
      const ends = new Map<number, number>()
      let parent = { startUs: 0, endUs: 0 }
      let sibling = 0
      for (const { depth, rank, startUs, durationUs } of layOutSteps(steps)) {
        expect(durationUs).toBeGreaterThanOrEqual(0)
        if (depth === 0) {
          expect(startUs).toBeGreaterThanOrEqual(ends.get(rank) ?? Number.NEGATIVE_INFINITY)
          ends.set(rank, startUs + durationUs)
          parent = { startUs, endUs: startUs + durationUs }
          sibling = startUs
        } else {
          expect(startUs).toBeGreaterThanOrEqual(sibling)
          expect(startUs + durationUs).toBeLessThanOrEqual(parent.endUs)
          sibling = startUs + durationUs
        }
      }
    }),
  )
})
