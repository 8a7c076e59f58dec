import { readdirSync } from 'node:fs'
import type { FinalSummary } from '@traceml/contracts'
import { resolvePolicies } from '@traceml/diagnostics'
import { createSections, type TelemetryFacts } from '@traceml/reporting'
import { describe, expect, test } from 'vitest'
import { ourSchema, type Schema, validate } from '../json-schema.js'
import { summarizeCase, withoutOurKeys } from '../vector-runners/summarize-case.js'
import { readVector, vectorPath } from '../vectors.js'

const schema = readVector<Schema>('final_summary.schema.json')
const names = readdirSync(vectorPath('summary')).toSorted()

function published(summary: FinalSummary): unknown {
  return JSON.parse(JSON.stringify(withoutOurKeys(summary)))
}

describe('a report is what the published schema says', () => {
  test.each(names)('%s', async (name) => {
    expect(validate(published(await summarizeCase(vectorPath(`summary/${name}`))), schema)).toEqual(
      [],
    )
  })
})

const HEALTH: TelemetryFacts = {
  steps_recorded: 3,
  steps_lost: 1,
  rows_written: 9,
  rows_rejected: 0,
  messages_dropped: null,
  step_cost_us: 0.7,
  expected_ranks: 2,
  finished_ranks: [0],
  missing_ranks: [1],
  unfinished: [{ rank: 1, disconnected_ts: 5, last_step: null, last_step_ts: null }],
}

describe('our own schema names everything that a report holds', () => {
  test.each(names)('%s', async (name) => {
    for (const policy of ['robust', 'compatible'] as const) {
      const summary = await summarizeCase(vectorPath(`summary/${name}`), {
        sections: createSections(resolvePolicies(policy)),
        status: 'interrupted',
        health: HEALTH,
      })
      expect(validate(JSON.parse(JSON.stringify(summary)), ourSchema)).toEqual([])
      expect(summary.compatible_diagnosis === undefined, policy).toBe(
        policy === 'compatible' || summary.step_time.details === undefined,
      )
    }
  })

  test('and the documents of other writers are valid, too', () => {
    const document = readVector<Record<string, unknown>>('summary/h2d_bound/final_summary.json')
    const sentences = JSON.parse(JSON.stringify(document), (key, value: unknown) =>
      value === null && ['summary', 'action', 'card', 'text'].includes(key) ? 'words' : value,
    ) as object
    const dated = { ...sentences, generated_at: '2026-01-02T03:04:05+00:00' }
    expect(validate(dated, ourSchema)).toEqual([])
  })
})

test('the validator finds what is wrong', async () => {
  const good = published(await summarizeCase(vectorPath('summary/h2d_bound'))) as {
    step_time: { global: { average: Record<string, unknown> } }
  }
  good.step_time.global.average['step_time_ms'] = 'slow'
  expect(validate(good, schema).join()).toContain('step_time_ms is string')
  expect(validate({}, schema)).toContain('$.schema_version is missing')
  expect(validate({ ...good, extra: 1 }, schema).join()).toContain('$.extra is not expected')
})
