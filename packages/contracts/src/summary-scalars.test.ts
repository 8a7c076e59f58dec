import { expect, test } from 'vitest'
import { toScalars } from './summary-scalars.js'

test('only scalars of known places are taken', () => {
  expect(
    toScalars({
      schema_version: 1.7,
      duration_s: null,
      primary_diagnosis: { kind: 'BALANCED', severity: 'info', evidence: { a: 1 } },
      step_time: {
        diagnosis: { status: 'BALANCED' },
        global: { window: { diagnosis_clock: 'gpu' }, average: { h2d_ms: 0, compute_ms: null } },
      },
      system: 'broken',
    }),
  ).toEqual({
    'traceml/schema_version': 1.7,
    'traceml/primary/kind': 'BALANCED',
    'traceml/primary/severity': 'info',
    'traceml/step_time/status': 'BALANCED',
    'traceml/step_time/diagnosis_clock': 'gpu',
    'traceml/step_time/h2d_ms': 0,
  })
})
