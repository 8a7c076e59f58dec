import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAggregator } from '@traceml/aggregator'
import type { LivePayload, LiveSource } from '@traceml/contracts'
import { createLiveSession } from '@traceml/live'
import { expect, test, vi } from 'vitest'

const RANK = fileURLToPath(new URL('./live-support/rank.mjs', import.meta.url))
const WORLD = 4
const INTERVAL_S = 0.25

async function startRanks() {
  const folder = mkdtempSync(join(tmpdir(), 'traceml-live-'))
  const aggregator = await startAggregator({
    sessionId: 'run',
    sessionDirectory: join(folder, 'run'),
    expectedWorldSize: WORLD,
    live: {
      intervalSeconds: INTERVAL_S,
      engine: createLiveSession({
        run: {
          session_id: 'run',
          run_name: 'run',
          profile: 'run',
          started_at: null,
          ranks_expected: WORLD,
          interval_s: INTERVAL_S,
          history_enabled: true,
          total_steps: null,
          samples_per_step: null,
          trace_max_steps: null,
        },
      }),
    },
  })
  const ranks: ChildProcess[] = Array.from({ length: WORLD }, (_, rank) =>
    spawn(process.execPath, [RANK, String(aggregator.port), String(rank), String(WORLD), 'run'], {
      stdio: 'inherit',
    }),
  )
  const source = aggregator.live as LiveSource
  return {
    ranks,
    source,
    async [Symbol.asyncDispose]() {
      for (const rank of ranks) rank.kill('SIGKILL')
      await aggregator.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const statesOf = (payload: LivePayload): readonly string[] =>
  payload.ranks.map(({ freshness }) => freshness.state)

/** Waits until the payload is as wanted; returns it and the milliseconds that took. */
async function waitFor(
  source: LiveSource,
  timeoutMs: number,
  check: (payload: LivePayload) => void,
): Promise<{ readonly payload: LivePayload; readonly tookMs: number }> {
  const started = performance.now()
  const payload = await vi.waitFor(
    () => {
      const now = source.payload()
      check(now)
      return now
    },
    { timeout: timeoutMs, interval: 100 },
  )
  return { payload, tookMs: performance.now() - started }
}

test('of four running ranks one is killed and one hangs: both are named, the others go on', async () => {
  await using run = await startRanks()
  const { source, ranks } = run
  await waitFor(source, 60_000, (payload) => {
    expect(statesOf(payload)).toEqual(['live', 'live', 'live', 'live'])
    for (const rank of payload.ranks) expect(rank.last_step).toBeGreaterThan(40)
  })

  ranks[1]?.kill('SIGKILL')
  const { payload: lost } = await waitFor(source, 20_000, ({ verdict }) =>
    expect(verdict.kind).toBe('LOST_NODE'),
  )
  expect(lost.verdict).toMatchObject({ ranks: [1], severity: 'crit' })
  expect(lost.verdict.summary).toMatch(
    /^Node 1 \(host-1\) is lost: rank 1 left .* after step \d+\.$/,
  )
  expect(lost.nodes[1]?.freshness.state).toBe('lost_source')

  ranks[2]?.kill('SIGSTOP')
  const before = source.payload().ranks[2]
  // Three learned intervals and 5 s, and as much again for a busy machine.
  const expectedS = before?.freshness.expected_interval_s ?? INTERVAL_S
  const limitMs = (3 * Math.max(expectedS, 1) + 5) * 2000
  const { payload: hung } = await waitFor(source, limitMs, (payload) =>
    expect(statesOf(payload)[2]).toBe('stalled'),
  )
  expect(hung.ranks[2]?.freshness.reason).toMatch(
    /^Rank 2 has completed no step after step \d+ for .*; .* and its process sends nothing either\.$/,
  )
  expect(hung.ranks[2]?.freshness.newest_step).toBeGreaterThanOrEqual(before?.last_step ?? 0)

  // The others are neither hidden nor held back, and the window is theirs.
  const { payload: moving } = await waitFor(source, 20_000, (payload) => {
    expect(payload.sections.step_time.body?.window.ranks_present).toBe(2)
    expect(payload.ranks[0]?.last_step).toBeGreaterThan(hung.ranks[0]?.last_step ?? 0)
  })
  expect([statesOf(moving)[0], statesOf(moving)[3]]).toEqual(['live', 'live'])
  expect(moving.sections.step_time.freshness).toMatchObject({
    state: 'live',
    reason: '2 of 4 ranks send no new steps.',
  })

  ranks[2]?.kill('SIGCONT')
  await waitFor(source, 30_000, (payload) => expect(statesOf(payload)[2]).toBe('live'))
})
