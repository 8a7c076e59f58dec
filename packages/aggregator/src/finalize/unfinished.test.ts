import type { UnfinishedRank } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { describeUnfinished } from './unfinished.js'

const NOON = Date.UTC(2026, 0, 2, 12) / 1000

function rank(
  number: number,
  end: number | null,
  step: number | null,
  stepAgeSeconds = 0.1,
): UnfinishedRank {
  return {
    rank: number,
    disconnected_ts: end === null ? null : NOON + end,
    last_step: step,
    last_step_ts: step === null || end === null ? null : NOON + end - stepAgeSeconds,
  }
}

test('nobody left early: nothing to say', () => {
  expect(describeUnfinished([])).toEqual([])
})

test('the first to end is named with time and step, the others follow', () => {
  expect(describeUnfinished([rank(0, 3.4, 57), rank(1, 3.2, 58), rank(2, 3, 57)])).toEqual([
    'Rank 2 ended without finishing at 12:00:03 UTC, after step 57.',
    'Ranks 0, 1 ended without finishing too, after it within 0.4 s.',
  ])
  expect(describeUnfinished([rank(1, 3, null)])).toEqual([
    'Rank 1 ended without finishing at 12:00:03 UTC, before a step was recorded.',
  ])
})

test('a rank that stood still is named, whoever ended first', () => {
  const [, , pause] = describeUnfinished([rank(0, 60, 58, 30), rank(3, 60.1, 41, 45)])
  expect(pause).toBe(
    'Rank 3 completed no step in its last 45.0 s, after step 41 at 12:00:15 UTC, while others went on to step 58.',
  )
})

test('a rank that is still connected ends last', () => {
  expect(describeUnfinished([rank(0, null, 5), rank(1, 2, 5)])).toEqual([
    'Rank 1 ended without finishing at 12:00:02 UTC, after step 5.',
    'Rank 0 ended without finishing too, after it.',
  ])
})
