import { JAVASCRIPT_EVENTS } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { afterWarmup, CALM_COUNTERS, judge, makeSteps } from '../test/steps.js'

const kinds = (issues: ReturnType<typeof judge>): readonly string[] =>
  issues.map(({ kind }) => kind)
const lead = (issues: ReturnType<typeof judge>) => issues[0] as (typeof issues)[number]

test('one tensor more every step after the warm-up', () => {
  const issue = lead(judge(afterWarmup(makeSteps(40, (i) => ({ liveTensorCount: 100 + i })))))
  expect(issue).toMatchObject({ kind: 'TENSOR_LEAK', severity: 'warn', ranks: [0] })
  expect(issue.evidence['live_tensors_per_step']).toBe(1)
})

test('one tensor more at every save', () => {
  const steps = afterWarmup(makeSteps(40, (i) => ({ liveTensorCount: 100 + Math.floor(i / 10) })))
  const calls = { ...CALM_COUNTERS.calls, save: { calls: 3, rises: [1, 1, 1] } }
  const issues = judge(steps, [{ ...CALM_COUNTERS, calls }])
  expect(kinds(issues)).toEqual(['TENSOR_LEAK_PER_CALL'])
  expect(lead(issues).evidence).toMatchObject({ tensors_per_call: 1, boundary: 'save' })
})

test('alternating levels are bounded', () => {
  const steps = makeSteps(40, (i) => ({ liveTensorCount: i % 2 === 0 ? 100 : 103 }))
  expect(kinds(judge(afterWarmup(steps)))).toEqual(['NORMAL'])
})

test('the jump of the warm-up is no leak', () => {
  const steps = makeSteps(40, (i) => ({ liveTensorCount: i === 0 ? 6 : 16 }))
  expect(kinds(judge(steps))).toEqual(['NORMAL'])
})

// Live tensors after each fit: 16, 18, 20, 22, then 22, 22, 22, 22 with the inputs disposed.
test('two tensors more at every fit', () => {
  const calls = (rises: readonly number[]) => ({
    ...CALM_COUNTERS,
    calls: { ...CALM_COUNTERS.calls, fit: { calls: rises.length + 1, rises } },
  })
  const steps = afterWarmup(makeSteps(40))
  const leak = judge(steps, [calls([2, 2, 2])])
  expect(kinds(leak)).toEqual(['TENSOR_LEAK_PER_CALL'])
  expect(lead(leak).evidence).toMatchObject({ tensors_per_call: 2, boundary: 'fit' })
  expect(lead(leak).action).toContain('inputs and the labels')
  expect(kinds(judge(steps, [calls([2, 2, 2, 0, 0, 0])]))).toEqual(['NORMAL'])
})

test.each([
  [4.9, 'NORMAL', 'info'],
  [5, 'SYNC_STALL', 'warn'],
  [10, 'SYNC_STALL', 'crit'],
])('50 ms a step, %s ms of them in reads', (readMs, kind, severity) => {
  const steps = makeSteps(40, () => ({ ms: 50, events: { [JAVASCRIPT_EVENTS.syncRead]: readMs } }))
  const issues = judge(afterWarmup(steps))
  expect(lead(issues)).toMatchObject({ kind, severity })
})

test('a first step of 9 s, the others of 40 ms', () => {
  const issues = judge(makeSteps(60, (i) => ({ ms: i === 0 ? 9_000 : 40 })))
  expect(lead(issues)).toMatchObject({ kind: 'COMPILE_WARMUP', severity: 'info' })
  expect(lead(issues).evidence['lost_ms']).toBe(8_960)
})

test('the smaller last batch is slow in the first epoch only', () => {
  const facts = {
    ...CALM_COUNTERS,
    known_shape_steps: 95,
    known_shape_ms: 950,
    slow_shape_steps: 1,
    slow_shape_ms: 1_300,
    slow_shapes: [{ shape: '[17,64]', step: 32, first_ms: 1_300 }],
  }
  const issues = judge(afterWarmup(makeSteps(91)), [facts])
  expect(lead(issues)).toMatchObject({ kind: 'COMPILE_WARMUP', severity: 'info' })
  expect(lead(issues).summary).toContain('[17,64]')
})
