import { InputError } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { analyzeStepTime } from './analyze.js'
import { type PhaseSamples, snapshotFromDurations } from './durations.js'

test('plain arrays become a window', () => {
  const snapshot = snapshotFromDurations({
    input_wait: [10, 20],
    forward: [1, 2],
    backward: Float64Array.of(3, 4),
    optimizer_step: [null, 1],
    traced_step_time: [10, 10],
  })
  const window = analyzeStepTime(snapshot)
  expect(window.coverage).toEqual({
    expectedSteps: 10_000,
    stepsUsed: 2,
    worldSize: 1,
    ranksPresent: 1,
  })
  expect(window.rankFacts[0]?.average).toMatchObject({
    stepTimeMs: 25,
    computeMs: 5.5,
    residualMs: 4.5,
    h2dMs: null,
  })
})

test('a list of ranks is indexed by global rank, each with its own length', () => {
  const ranks = [{ forward: [1, 2, 3] }, { forward: [5, 6] }, {}]
  const snapshot = snapshotFromDurations(ranks, { clock: 'gpu', firstStep: 11 })
  expect(snapshot.globalRanks).toEqual([0, 1, 2])
  expect(snapshot.cursor.latestStep).toBe(13)
  const window = analyzeStepTime(snapshot)
  expect([...window.steps]).toEqual([11, 12])
  expect(window.coverage).toMatchObject({ worldSize: 3, ranksPresent: 2 })
})

test.each<[string, unknown, string]>([
  [
    'lengths',
    { forward: [1, 2], backward: [1] },
    'backward of rank 0 has 1 values and forward has 2; give one value a step to each.',
  ],
  ['phase', { fwd: [1] }, '"fwd" of rank 0 is no phase; use input_wait, h2d'],
  ['value', { forward: [1, 'x'] }, 'forward[1] of rank 0 is string; give milliseconds or null.'],
  ['array', { forward: 3 }, 'forward of rank 0 is number; give an array of milliseconds.'],
  ['nothing', null, 'The durations of rank 0 are null; give arrays by phase.'],
])('wrong input names itself: %s', (_, input, message) => {
  const call = (): unknown => snapshotFromDurations(input as PhaseSamples)
  expect(call).toThrow(InputError)
  expect(call).toThrow(message)
})
