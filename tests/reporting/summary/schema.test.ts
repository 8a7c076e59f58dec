import { readdirSync } from 'node:fs'
import type { FinalSummary } from '@traceml/contracts'
import { describe, expect, test } from 'vitest'
import { type Schema, validate } from '../json-schema.js'
import { readVector, vectorPath } from '../vectors.js'
import { summarizeVector, withoutOurKeys } from './summarize-vector.js'

const schema = readVector<Schema>('final_summary.schema.json')
const names = readdirSync(vectorPath('summary')).toSorted()

function published(summary: FinalSummary): unknown {
  return JSON.parse(JSON.stringify(withoutOurKeys(summary)))
}

describe('a report is what the published schema says', () => {
  test.each(names)('%s', async (name) => {
    expect(validate(published(await summarizeVector(name)), schema)).toEqual([])
  })
})

test('the validator finds what is wrong', async () => {
  const good = published(await summarizeVector('h2d_bound')) as {
    step_time: { global: { average: Record<string, unknown> } }
  }
  good.step_time.global.average['step_time_ms'] = 'slow'
  expect(validate(good, schema).join()).toContain('step_time_ms is string')
  expect(validate({}, schema)).toContain('$.schema_version is missing')
  expect(validate({ ...good, extra: 1 }, schema).join()).toContain('$.extra is not expected')
})
