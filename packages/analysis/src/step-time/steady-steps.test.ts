import { expect, test } from 'vitest'
import { analyzeStepTime } from './analyze.js'
import { snapshotFromDurations } from './durations.js'
import { restrictStepTimeWindow } from './restrict.js'
import { findSteadySteps, type SteadyStepLimits } from './steady-steps.js'
import { STEP_VALUE_KEYS } from './values.js'
import type { StepTimeWindow } from './window.js'

const LIMITS: SteadyStepLimits = {
  minSteps: 5,
  outlierDeviations: 8,
  outlierMinMultiple: 2,
  warmupEndDeviations: 3,
  warmupEndMultiple: 1.25,
  warmupMaxRatio: 0.25,
  outlierMaxRatio: 0.05,
  recurringSpikes: 3,
  comparableSizeRatio: 0.25,
}

function windowOf(durations: readonly number[], firstStep = 1): StepTimeWindow {
  const part = (share: number): number[] => durations.map((ms) => ms * share)
  const samples = {
    input_wait: part(0.25),
    h2d: part(0.05),
    forward: part(0.2),
    backward: part(0.25),
    optimizer_step: part(0.05),
    traced_step_time: part(0.75),
  }
  return analyzeStepTime(snapshotFromDurations([samples, samples], { firstStep }))
}

const with100 = (change: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: 100 }, (_, i) => change[i] ?? 10)

test.each<[string, Readonly<Record<number, number>>, warmup: number, outliers: number]>([
  ['nothing stands out', {}, 0, 0],
  ['slow first steps', { 0: 900, 1: 60 }, 2, 0],
  ['a warm-up that fades', { 0: 900, 1: 19, 2: 14, 3: 12 }, 3, 0],
  ['a first step that is only a little slow', { 0: 19 }, 0, 0],
  ['two stalls, one of three steps', { 30: 500, 70: 500, 71: 400, 72: 300 }, 0, 4],
  ['three stalls recur', { 30: 500, 60: 450, 90: 400 }, 0, 0],
  ['a large one among three small ones', { 20: 40, 40: 40, 60: 40, 80: 5000 }, 0, 1],
])('%s', (_, change, warmupCount, outlierCount) => {
  const steady = findSteadySteps(windowOf(with100(change)), LIMITS)
  expect(steady).toMatchObject({ warmupCount, outlierCount })
  expect(steady.kept).toHaveLength(100 - warmupCount - outlierCount)
})

test('a slow beginning that is no warm-up counts', () => {
  const slow = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i, 50]))
  expect(findSteadySteps(windowOf(with100(slow)), LIMITS).kept).toHaveLength(100)
  // A window that starts later does not hold the beginning of the run.
  const late = findSteadySteps(windowOf(with100({ 0: 900 }), 401), LIMITS)
  expect(late).toMatchObject({ warmupCount: 0, outlierCount: 1 })
})

test('the part of the time that was left out is a fraction of the whole', () => {
  const steady = findSteadySteps(windowOf(with100({ 0: 1010 })), LIMITS)
  expect(steady.excludedTimeRatio).toBeCloseTo(1010 / 2000, 12)
})

test('few steps and empty windows keep all they have', () => {
  expect(findSteadySteps(windowOf([900, 10, 10, 10]), LIMITS).kept).toHaveLength(4)
  expect(findSteadySteps(windowOf([]), LIMITS)).toMatchObject({ excludedTimeRatio: 0 })
  const zeros = findSteadySteps(windowOf([0, 0, 0, 0, 0, 0]), LIMITS)
  expect(zeros.kept).toHaveLength(6)
})

test('a restricted window equals the analysis of those steps alone', () => {
  const durations = with100({ 0: 900, 50: 700 })
  const window = windowOf(durations)
  const { kept } = findSteadySteps(window, LIMITS)
  const restricted = restrictStepTimeWindow(window, kept)
  const alone = windowOf(durations.filter((ms) => ms === 10))
  expect(restricted.rankFacts[0]?.average).toEqual(alone.rankFacts[0]?.average)
  expect(restricted.inputWaitShare).toBe(alone.inputWaitShare)
  for (const key of STEP_VALUE_KEYS) {
    expect(restricted.rankFacts[1]?.column(key)).toEqual(alone.rankFacts[1]?.column(key))
  }
  expect(restricted.coverage).toMatchObject({ stepsUsed: 98, ranksPresent: 2 })
  expect([...restricted.steps.slice(0, 2)]).toEqual([2, 3])
})
