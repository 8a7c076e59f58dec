import { snapshotFromDurations, stepTimeSnapshotFromRows } from '@traceml/analysis'
import type { StepTimeSnapshot } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createLiveStepTimeSession } from './live-session.js'

const good = (): StepTimeSnapshot => snapshotFromDurations({ h2d: [1, 2, 3] })
const clock = { monotonicMs: () => 0 }

test('an unchanged snapshot is not analysed again', async () => {
  const session = createLiveStepTimeSession({
    read: async (previous) => previous ?? good(),
    clock,
  })
  const first = await session.refresh()
  const second = await session.refresh()
  expect(second.freshness).toBe('live')
  expect(second.window).toBe(first.window)
  expect(second.diagnosis).toBe(first.diagnosis)
})

test('reads get the last snapshot and the request', async () => {
  const seen: unknown[] = []
  const snapshot = good()
  const session = createLiveStepTimeSession({
    read: async (previous, request) => {
      seen.push([previous, request])
      return snapshot
    },
    clock,
    windowSize: 0,
    lookbackFactor: 2,
  })
  await session.refresh()
  await session.refresh()
  const request = { windowSize: 1, lookbackFactor: 2 }
  expect(seen).toEqual([
    [null, request],
    [snapshot, request],
  ])
})

test('refreshes run one after the other', async () => {
  let running = 0
  let most = 0
  const session = createLiveStepTimeSession({
    read: async () => {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
      return good()
    },
    clock,
  })
  const results = await Promise.all([session.refresh(), session.refresh(), session.refresh()])
  expect(results.map(({ freshness }) => freshness)).toEqual(['live', 'live', 'live'])
  expect(most).toBe(1)
})

test('a failed read never rejects and names its error, its age and the last verdict', async () => {
  let now = 0
  let read = (): StepTimeSnapshot => good()
  const session = createLiveStepTimeSession({
    read: async () => read(),
    clock: { monotonicMs: () => now },
  })
  const first = await session.refresh()
  read = () => {
    throw new Error('database is locked')
  }
  now = 12_000
  expect(await session.refresh()).toEqual({
    ...first,
    freshness: 'bridged',
    ageSeconds: 12,
    error: 'database is locked',
  })
  read = () => ({ ...good(), ranks: [null] }) as unknown as StepTimeSnapshot
  now = 31_000
  expect(await session.refresh()).toMatchObject({ freshness: 'expired', ageSeconds: 31 })
  read = () => stepTimeSnapshotFromRows([])
  expect(await session.refresh()).toMatchObject({ freshness: 'expired', error: null })
})
