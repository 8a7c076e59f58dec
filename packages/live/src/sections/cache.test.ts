import type { LiveFreshness } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { SectionCache } from './cache.js'
import type { SectionResult } from './result.js'

const AGE: LiveFreshness = {
  state: 'live',
  reason: null,
  newest_step: null,
  newest_ts: 1,
  age_s: 0,
  expected_interval_s: 2,
}
const result = (body: number): SectionResult<number> => ({ verdict: null, issues: [], body })

test('a section that throws says so, keeps its last good numbers, and recovers', () => {
  const cache = new SectionCache<number>('step_time', 'Step time')
  expect(cache.read('1', AGE, () => result(7))).toMatchObject({ body: 7, error: null })
  const broken = cache.read('2', AGE, () => {
    throw new Error('no such column')
  })
  expect(broken).toMatchObject({
    body: 7,
    error: 'This section could not be computed: no such column',
  })
  expect(cache.read('3', AGE, () => result(8))).toMatchObject({ body: 8, error: null })
})

test('the same version is not computed twice, and what does not apply has no body', () => {
  const cache = new SectionCache<number>('step_time', 'Step time')
  let calls = 0
  const compute = (): SectionResult<number> => {
    calls += 1
    return result(calls)
  }
  cache.read('1', AGE, compute)
  cache.read('1', { ...AGE, age_s: 9 }, compute)
  expect(calls).toBe(1)
  const other = { ...AGE, state: 'not_applicable' as const, reason: 'No steps here.' }
  expect(cache.read('2', other, compute)).toMatchObject({ body: null, freshness: other })
  expect(calls).toBe(1)
})
