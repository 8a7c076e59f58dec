import { InputError, type RankStepColumns, type StepTimeSnapshot } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { analyzeStepTime } from './analyze.js'
import { type PhaseSamples, snapshotFromDurations } from './durations.js'
import { findStepMetric } from './window.js'

const phases = (count: number): PhaseSamples => ({
  input_wait: new Array<number>(count).fill(5),
  forward: new Array<number>(count).fill(30),
  backward: new Array<number>(count).fill(45),
  optimizer_step: new Array<number>(count).fill(10),
  traced_step_time: new Array<number>(count).fill(95),
})

/** A snapshot whose first rank is changed. */
function changed(change: Partial<RankStepColumns>): StepTimeSnapshot {
  const snapshot = snapshotFromDurations(phases(3))
  return { ...snapshot, ranks: snapshot.ranks.map((rank) => ({ ...rank, ...change })) }
}

test.each<[string, Partial<RankStepColumns>, string]>([
  [
    'present',
    { present: new Uint8Array(2) },
    "present of the snapshot's rank 0 has 2 entries and steps has 3; give one entry a step.",
  ],
  ['clocks', { gpuMs: [] }, "gpuMs (input_wait) of the snapshot's rank 0 has no typed entries"],
  ['order', { steps: Float64Array.of(1, 3, 2) }, "steps[2] of the snapshot's rank 0 is 2"],
  ['repeats', { steps: Float64Array.of(1, 1, 2) }, "steps[1] of the snapshot's rank 0 is 1"],
  ['number', { steps: Float64Array.of(1, Number.NaN, 2) }, 'is NaN; give finite step numbers'],
])('columns that do not fit name themselves: %s', (_, change, message) => {
  expect(() => analyzeStepTime(changed(change))).toThrow(InputError)
  expect(() => analyzeStepTime(changed(change))).toThrow(message)
})

test('a rank that occurs twice and a window size that is no number name themselves', () => {
  const snapshot = snapshotFromDurations(phases(3))
  const twice = { ...snapshot, ranks: [...snapshot.ranks, ...snapshot.ranks] }
  expect(() => analyzeStepTime(twice)).toThrow("The snapshot's ranks hold rank 0 twice")
  expect(() => analyzeStepTime(snapshot, { windowSize: Number.NaN })).toThrow('windowSize is NaN')
  expect(() => analyzeStepTime(null as unknown as StepTimeSnapshot)).toThrow(InputError)
})

test('a window below one step acts as one', () => {
  const window = analyzeStepTime(snapshotFromDurations(phases(3)), { windowSize: -5 })
  expect([...window.steps]).toEqual([3])
  expect(window.coverage.expectedSteps).toBe(1)
})

test('columns and series are null for what was not measured, and computed once', () => {
  const window = analyzeStepTime(snapshotFromDurations([phases(4), phases(4)]))
  const [facts] = window.rankFacts
  expect(facts?.column('h2dMs')).toBeNull()
  expect([...(facts?.column('stepTimeMs') ?? [])]).toEqual([100, 100, 100, 100])
  expect(facts?.column('stepTimeMs')).toBe(facts?.column('stepTimeMs'))
  expect(facts?.valuesAt(1)).toMatchObject({ stepTimeMs: 100, residualMs: 10, h2dMs: null })
  const metric = findStepMetric(window, 'step_time')
  expect(metric?.series).toBe(metric?.series)
  expect(findStepMetric(window, 'compute')?.series).toBeNull()
  expect(findStepMetric(window, 'h2d')).toBeNull()
})

test('durations too long to add up count as not measured', () => {
  const samples = { ...phases(2), forward: [Number.MAX_VALUE, Number.MAX_VALUE] }
  const [facts] = analyzeStepTime(snapshotFromDurations(samples)).rankFacts
  expect(facts?.average.forwardMs).toBeNull()
  expect(facts?.average.computeMs).toBeNull()
})

test('a million steps of one rank are analysed', () => {
  const steps = 1_000_000
  const samples = {
    traced_step_time: new Float64Array(steps).fill(8),
    input_wait: new Float64Array(steps).fill(2),
  }
  const window = analyzeStepTime(snapshotFromDurations(samples), { windowSize: steps })
  expect(window.coverage.stepsUsed).toBe(steps)
  expect(window.inputWaitShare).toBe(0.2)
  expect(findStepMetric(window, 'step_time')?.series?.median.length).toBe(steps)
})
