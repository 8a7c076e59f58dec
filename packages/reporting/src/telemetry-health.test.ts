import { expect, test } from 'vitest'
import { describeTelemetry, type TelemetryFacts } from './telemetry-health.js'

const COMPLETE: TelemetryFacts = {
  steps_recorded: 100,
  steps_lost: 0,
  rows_written: 400,
  rows_rejected: 0,
  messages_dropped: 0,
  expected_ranks: 2,
  finished_ranks: [0, 1],
  missing_ranks: [],
}

test('a complete run has nothing to say', () => {
  expect(describeTelemetry(COMPLETE)).toEqual({ ...COMPLETE, notes: [] })
})

test('unknown is no loss', () => {
  const unknown = { ...COMPLETE, steps_lost: null, rows_rejected: null, messages_dropped: null }
  expect(describeTelemetry(unknown).notes).toEqual([])
})

test('every loss gets a sentence, the caller’s notes come last', () => {
  expect(
    describeTelemetry({
      ...COMPLETE,
      steps_lost: 1,
      rows_rejected: 2,
      messages_dropped: 3,
      missing_ranks: [1, 3],
      notes: ['The run was interrupted.'],
    }).notes,
  ).toMatchInlineSnapshot(`
    [
      "1 completed step never reached the history: the numbers leave them out.",
      "2 rows were not written to the history, because of their content or a write error.",
      "3 messages were dropped on the way to the history.",
      "2 ranks did not report the end of training: r1, r3.",
      "The run was interrupted.",
    ]
  `)
})
