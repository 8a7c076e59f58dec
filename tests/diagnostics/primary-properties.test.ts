import { selectPrimaryDiagnosis } from '@traceml/diagnostics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathOfNonJson } from './vector-runners/bad-input.js'

const KINDS = [
  'INPUT_STRAGGLER',
  'COMPUTE_STRAGGLER',
  'STRAGGLER',
  'INPUT_BOUND',
  'WARMUP',
  'INCOMPLETE_DATA',
  'BALANCED',
  'SOMETHING_NEW',
]

const anything = fc.oneof(
  fc.anything(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, '12.5', ' ', '1e999', true),
)
const point = fc.oneof(anything, fc.record({ value: anything, idx: anything }))
const points = fc.record(
  { input_wait_ms: point, compute_ms: point, h2d_ms: point, forward_ms: point },
  { requiredKeys: [] },
)
const stepTime = fc.record(
  {
    diagnosis: fc.record(
      {
        kind: fc.constantFrom(...KINDS),
        status: anything,
        severity: anything,
        summary: anything,
        action: anything,
        phase: anything,
        score: anything,
        evidence: anything,
      },
      { requiredKeys: ['kind'] },
    ),
    issues: fc.oneof(
      anything,
      fc.array(fc.record({ kind: fc.constantFrom(...KINDS), phase: anything })),
    ),
    global: fc.oneof(
      anything,
      fc.record(
        { window: anything, average: anything, median: points, worst: points },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
)

test('any payload gives a whole verdict that JSON can hold', () => {
  fc.assert(
    fc.property(fc.oneof(anything, stepTime), anything, (step_time, system) => {
      const verdict = selectPrimaryDiagnosis({ step_time, system })
      expect(Object.keys(verdict)).toEqual([
        'kind',
        'status',
        'severity',
        'section',
        'scope',
        'summary',
        'action',
        'evidence',
      ])
      expect(['info', 'warn', 'crit']).toContain(verdict.severity)
      expect(pathOfNonJson(verdict)).toBeNull()
    }),
    { numRuns: 500 },
  )
})

test('no sections at all is not enough data', () => {
  expect(selectPrimaryDiagnosis({})).toMatchObject({ kind: 'INSUFFICIENT_STEP_TIME_DATA' })
})
