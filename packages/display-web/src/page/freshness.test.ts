import type { LiveFreshness } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { shownFreshness } from './freshness.js'

const LIVE: LiveFreshness = {
  state: 'live',
  reason: null,
  newest_step: 40,
  newest_ts: 1_760_000_000,
  age_s: 0.5,
  expected_interval_s: 2,
}
const NOW = {
  sinceReceivedSeconds: 1,
  connection: 'connected',
  isPaused: false,
  intervalSeconds: 2,
} as const

test('data ages in the page', () => {
  expect(shownFreshness(LIVE, NOW)).toEqual({ state: 'live', ageSeconds: 1.5, reason: null })
})

test('what is late by three intervals and 5 s is not live any more, whatever the server said', () => {
  expect(shownFreshness(LIVE, { ...NOW, sinceReceivedSeconds: 10.5 }).state).toBe('live')
  const late = shownFreshness(LIVE, { ...NOW, sinceReceivedSeconds: 10.6 })
  expect(late).toMatchObject({ state: 'stale', reason: 'Nothing new for 11 s.' })
  const slow = { ...LIVE, expected_interval_s: 30 }
  expect(shownFreshness(slow, { ...NOW, sinceReceivedSeconds: 60 }).state).toBe('live')
})

test('a lost server shows as disconnected, and the age goes on', () => {
  const shown = shownFreshness(LIVE, { ...NOW, connection: 'lost', sinceReceivedSeconds: 60 })
  expect(shown).toMatchObject({ state: 'disconnected', ageSeconds: 60.5 })
})

test('an ended run has ended, with or without its server, and does not grow older', () => {
  const ended = { ...LIVE, state: 'ended', reason: 'The run has ended.' } as const
  for (const connection of ['connected', 'lost'] as const) {
    const shown = shownFreshness(ended, { ...NOW, connection, sinceReceivedSeconds: 900 })
    expect(shown).toEqual({ state: 'ended', ageSeconds: 0.5, reason: 'The run has ended.' })
  }
})

test('no data has no age', () => {
  const waiting = { ...LIVE, state: 'waiting', age_s: null, newest_ts: null } as const
  expect(shownFreshness(waiting, NOW).ageSeconds).toBeNull()
})

test('trouble that the server reports stays as it was told', () => {
  const stalled = { ...LIVE, state: 'stalled', reason: 'Rank 3 stands at step 12.' } as const
  expect(shownFreshness(stalled, NOW)).toMatchObject({
    state: 'stalled',
    reason: 'Rank 3 stands at step 12.',
  })
})
