import { ROBUST_COMPARE_POLICY } from '@traceml/compare'
import { ConfigError } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { applyThresholds } from './thresholds.js'

const apply = (...entries: string[]) => applyThresholds(ROBUST_COMPARE_POLICY, entries)

test.each([
  ['step_time=5%', { step_time_ms: 5 }],
  ['step_time_ms=0.5', { step_time_ms: 0.5 }],
  ['peak_reserved=.5%', { peak_reserved_bytes: 0.5 }],
  ['memory_skew=5pp', { memory_skew_pct: 5 }],
  ['input=10%', { input_ms: 10 }],
  ['step_time_p95=10%', { step_time_p95_ms: 10 }],
])('%s', (text, expected) => {
  expect(apply(text)).toEqual({ ...ROBUST_COMPARE_POLICY.thresholds, ...expected })
})

test('the last of several wins, and the policy is not modified', () => {
  expect(apply('step_time=5%', 'step_time=6%')).toMatchObject({ step_time_ms: 6 })
  expect(ROBUST_COMPARE_POLICY.thresholds['step_time_ms']).toBe(3)
})

test.each([
  ['step_tim=3%', /the metric must be one of step_time, .*residual.*, peak_reserved/],
  ['cpu_avg_percent=3%', /must be one of/],
  ['trend_worst_delta=3%', /must be one of/],
  ['__proto__=3%', /must be one of/],
  ['step_time', /write a metric and a change, such as step_time=3%/],
  ['step_time=-3%', /write a metric and a change/],
  ['step_time=3e400%', /write a metric and a change/],
  ['step_time=0%', /above 0 and at most 1000/],
  ['step_time=3pp', /its change is in percent: step_time=3%/],
  ['memory_skew=3%', /its change is in percentage points: memory_skew=3pp/],
])('%s is refused in one sentence', (text, sentence) => {
  expect(() => apply(text)).toThrow(ConfigError)
  expect(() => apply(text)).toThrow(sentence)
  expect(() => apply(text)).toThrow(`--threshold is "${text}"`)
})
