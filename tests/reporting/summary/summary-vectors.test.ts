import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runCompactVectors, runSummaryCase } from '../vector-runners/summary.js'
import { readVector, vectorPath } from '../vectors.js'

const names = readdirSync(vectorPath('summary')).toSorted()

test('all recorded histories are there', () => {
  expect(names).toHaveLength(27)
})

describe('the report of a recorded history is the expected one', () => {
  test.each(names)('%s', async (name) => {
    const outcomes = await runSummaryCase(vectorPath(`summary/${name}`), name)
    expect(outcomes).toHaveLength(6)
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
  })
})

test('compact projection of odd payloads', () => {
  const outcomes = runCompactVectors(readVector('compact_summary.json'))
  expect(outcomes.length).toBeGreaterThan(3)
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
})
