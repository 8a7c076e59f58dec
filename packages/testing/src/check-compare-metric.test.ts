import { type CompareMetric, defineCompareMetric } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { checkCompareMetric } from './check-compare-metric.js'

const DURATION: CompareMetric = defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'acme/duration',
  section: 'system',
  label: 'Duration',
  unit: null,
  deltaUnit: null,
  direction: 'higher_is_worse',
  read: (summary) => (typeof summary['duration_s'] === 'number' ? summary['duration_s'] : null),
})

test('a metric that keeps the contract', () => {
  checkCompareMetric(DURATION, [
    { name: 'both', lhs: { duration_s: 1 }, rhs: {}, expected: { lhs: 1, rhs: null } },
  ])
})

test.each<[string, Partial<CompareMetric>]>([
  ['unknown unit', { unit: 'furlong' as never }],
  ['threw on the summary', { read: (summary) => (summary['system'] as { a: { b: 1 } }).a.b }],
  ['read NaN', { read: () => Number.NaN }],
  ['has an empty label', { label: () => '' }],
  [
    'modified',
    {
      read: (summary) => {
        ;(summary as Record<string, unknown>)['seen'] = true
        return null
      },
    },
  ],
])('refuses one that: %s', (problem, overrides) => {
  expect(() => checkCompareMetric({ ...DURATION, ...overrides })).toThrow(problem)
})

test('refuses one that reads something else than an example says', () => {
  expect(() =>
    checkCompareMetric(DURATION, [
      { name: 'one', lhs: { duration_s: 1 }, rhs: {}, expected: { lhs: 2, rhs: null } },
    ]),
  ).toThrow('read 1 and null in example "one" instead of 2 and null')
})
