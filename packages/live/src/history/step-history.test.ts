import fc from 'fast-check'
import { expect, test } from 'vitest'
import { querySeries } from './query.js'
import { bucketsPerLevel, StepHistory } from './step-history.js'

const PARTS = new Float64Array(6).fill(1)
const wallOf = (seconds: number): number => seconds

function history(durations: readonly number[], buckets = 64): StepHistory {
  const made = new StepHistory(buckets)
  for (const [index, ms] of durations.entries()) made.addStep(index + 1, 2, ms, index, PARTS)
  return made
}

test('no extreme is lost, whatever the resolution', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 2, max: 400 }),
      (durations, points) => {
        const series = querySeries(history(durations), { points }, wallOf)
        expect(series.steps.length).toBeLessThanOrEqual(points)
        const numbers = (values: readonly (number | null)[]) => values.flatMap((one) => one ?? [])
        expect(Math.max(...numbers(series.step_time_ms.max))).toBe(Math.max(...durations))
        expect(Math.min(...numbers(series.step_time_ms.min))).toBe(Math.min(...durations))
      },
    ),
    { numRuns: 40 },
  )
})

test('the newest steps are there one by one, and a million take bounded memory', () => {
  const made = new StepHistory(bucketsPerLevel(1))
  const parts = new Float64Array(6)
  for (let step = 1; step <= 1_000_000; step += 1) {
    made.addStep(step, 0, step === 123_456 ? 5000 : 10, step, parts)
  }
  const all = querySeries(made, { points: 500 }, wallOf)
  expect([all.oldest_step, all.newest_step]).toEqual([1, 1_000_000])
  expect(all.steps.length).toBeLessThanOrEqual(500)
  expect(all.step_time_ms.max).toContain(5000)
  const near = querySeries(made, { from_step: 999_900 }, wallOf)
  expect(near.bucket_steps).toBe(1)
  expect(near.steps).toHaveLength(101)
  expect(bucketsPerLevel(256)).toBeLessThan(bucketsPerLevel(1))
})

test('what is no query is refused with the value that was wrong', () => {
  expect(() => querySeries(history([1]), { points: 0 }, wallOf)).toThrow(/points is 0/)
  expect(() => querySeries(history([1]), { from_step: Number.NaN }, wallOf)).toThrow(/NaN/)
})

test('a run without steps has an empty past', () => {
  expect(querySeries(null, {}, wallOf)).toMatchObject({ steps: [], oldest_step: null })
})
