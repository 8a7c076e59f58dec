import type { JsonValue } from '@traceml/contracts'
import { fallbackPayload } from '@traceml/reporting'
import { expect, test } from 'vitest'
import { verdictBasis } from './verdict-basis.js'

function sectionWith(evidence: Readonly<Record<string, JsonValue>>) {
  const payload = fallbackPayload({
    title: 'Step Time',
    indexBy: 'global_rank',
    summary: '',
    action: '',
  })
  return { ...payload, diagnosis: { ...payload.diagnosis, evidence } }
}

const excluded = (warmup: number, outlier: number, share: number | null) => ({
  excluded_steps: { warmup_steps: warmup, outlier_steps: outlier, time_share: share },
})

test.each([
  ['a compatible verdict says nothing', {}, []],
  ['confidence alone', { confidence: 0.9166 }, ['Confidence: 92%']],
  [
    'one warm-up step',
    { confidence: 0.5, ...excluded(1, 0, 0.4232) },
    [
      'Confidence: 50%',
      'Left out of the verdict, not of the table: 1 warm-up step, 42.3% of the time.',
    ],
  ],
  [
    'both kinds, share unknown',
    excluded(2, 1, null),
    ['Left out of the verdict, not of the table: 2 warm-up and 1 isolated slow steps.'],
  ],
  ['nothing left out', excluded(0, 0, 0), []],
  ['foreign evidence', { confidence: 'high', excluded_steps: 3 }, []],
])('%s', (_name, evidence, lines) => {
  expect(verdictBasis(sectionWith(evidence as Readonly<Record<string, JsonValue>>))).toEqual(lines)
})
