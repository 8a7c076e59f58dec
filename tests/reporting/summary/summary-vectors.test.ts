import { readdirSync } from 'node:fs'
import type { FinalSummary, SectionPayload } from '@traceml/contracts'
import { toScalars } from '@traceml/reporting'
import { describe, expect, test } from 'vitest'
import { expectMatch, readVector, vectorPath } from '../vectors.js'
import { type SummaryCase, summarizeVector, withoutOurKeys } from './summarize-vector.js'

/** Sentences are our own: the vectors blank them. */
const TEXTS = ['summary', 'action', 'card', 'note', 'text', 'generated_at']

const names = readdirSync(vectorPath('summary')).toSorted()

/** Either of two equally near middle rows may stand for the median, with its own value. */
function expectOneOfTheMiddleRows(
  actual: SectionPayload,
  expected: SectionPayload,
  metric: string,
): void {
  const point = actual.global.median[metric]!
  expect(point.value, metric).toBe(actual.groups.rows[point.idx!]!.metrics[metric])
  const values = Object.values(expected.groups.rows)
    .map((row) => row.metrics[metric] ?? null)
    .filter((value) => value !== null)
    .toSorted((a, b) => a - b)
  const middle = [
    values[Math.floor((values.length - 1) / 2)]!,
    values[Math.floor(values.length / 2)]!,
  ]
  const distance = Math.min(...middle.map((value) => Math.abs(value - point.value!)))
  expect(distance, metric).toBeLessThan(1e-9 * Math.max(1, point.value!))
}

const SECTIONS = ['system', 'process', 'step_time', 'step_memory'] as const

describe.each(names)('%s', (name) => {
  const expected = readVector<FinalSummary>(`summary/${name}/final_summary.json`)
  const { unstable_paths: unstable } = readVector<SummaryCase>(`summary/${name}/case.json`)

  test.each(SECTIONS)('%s section', async (section) => {
    const actual = withoutOurKeys(await summarizeVector(name))[section]
    expectMatch(
      { [section]: actual },
      { [section]: expected[section] },
      { texts: TEXTS, ignore: unstable },
    )
    for (const path of unstable) {
      const [of, , kind, metric] = path.split('.')
      if (of === section && kind === 'median' && metric !== undefined) {
        expectOneOfTheMiddleRows(actual, expected[section], metric)
      }
    }
  })

  test('the rest of the document', async () => {
    const strip = (summary: FinalSummary): object => {
      const { system, process, step_time, step_memory, ...rest } = summary
      return rest
    }
    expectMatch(strip(withoutOurKeys(await summarizeVector(name))), strip(expected), {
      texts: TEXTS,
      ignore: unstable,
      absoluteTolerance: 1e-3,
    })
  })

  test('compact projection', () => {
    expectMatch(toScalars(expected), readVector(`summary/${name}/compact.json`))
  })
})

test('compact projection of odd payloads', () => {
  const { cases } = readVector<{
    cases: { payload: object | null; expected: object | null }[]
  }>('compact_summary.json')
  for (const { payload, expected } of cases) {
    expect(payload === null ? null : toScalars(payload)).toEqual(expected)
  }
})
