import { encodeFrame } from '@traceml/codec'
import type { LivePayload, LiveRunInfo, LiveSource } from '@traceml/contracts'
import { createLiveSession } from '@traceml/live'
import { expect, test, vi } from 'vitest'
import { dial, envelope, processRow, rankFinished, startRun, stepRow } from './support.js'

const INFO: LiveRunInfo = {
  session_id: 'run',
  run_name: 'run',
  profile: 'run',
  started_at: null,
  ranks_expected: 4,
  interval_s: 0.2,
  history_enabled: true,
  total_steps: 100,
  samples_per_step: null,
  trace_max_steps: null,
}

const live = () => ({
  engine: createLiveSession({ run: INFO, monotonicMs: () => performance.now() }),
  intervalSeconds: 0.1,
})

function sourceOf(run: { readonly aggregator: { readonly live: LiveSource | null } }): LiveSource {
  const source = run.aggregator.live
  if (source === null) throw new Error('The aggregator has no live source.')
  return source
}

const steps = (rank: number, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => stepRow(rank, from + index))

test.each([
  ['with a history', {}],
  ['with the history off', { historyEnabled: false }],
  ['with a history that cannot be opened', { sessionDirectory: '/dev/null/run' }],
])('rows become payloads, %s', async (_, options) => {
  await using run = await startRun({ live: live(), expectedWorldSize: 2, ...options })
  const source = sourceOf(run)
  expect(source.payload().run.status).toBe('waiting')
  const socket = await dial(run.aggregator.port)
  for (const rank of [0, 1]) {
    socket.write(encodeFrame([processRow(rank, 1), ...steps(rank, 1, 30)]))
  }
  socket.write(
    encodeFrame([
      envelope(0, 'Stdout/Stderr', 'stdout_stderr', [{ line: 'loss 1\rloss 0.5' }]),
      envelope(0, 'SystemSampler', 'SystemTable', [
        { seq: 1, ts: 1, cpu: 50, ram_used: 1, ram_total: 4, gpu_available: false, gpus: [] },
      ]),
    ]),
  )
  await vi.waitFor(() => expect(source.payload().progress.steps_completed).toBe(30))
  const payload = source.payload()
  expect(payload.run).toMatchObject({ status: 'running', ranks_expected: 2, ranks_seen: 2 })
  expect(payload.ranks[1]).toMatchObject({ global_rank: 1, hostname: 'test-host', last_step: 30 })
  expect(payload.sections.step_time.verdict?.severity).toBe('info')
  expect(payload.sections.system.body?.spreads).toContainEqual(
    expect.objectContaining({ key: 'ram_percent', worst: 25 }),
  )
  expect(payload.logs.lines).toEqual([expect.objectContaining({ rank: 0, text: 'loss 0.5' })])
  expect(payload.telemetry.rows_received).toBe(64)
  const series = await source.series({ points: 10 })
  expect(series).toMatchObject({ oldest_step: 1, newest_step: 30 })
  await expect(source.logs({ limit: 0 })).rejects.toThrow(/limit is 0/)
  socket.destroy()
})

test.each([
  ['with a history', {}],
  ['with the history off', { historyEnabled: false }],
])('GPUs have the names that their rows give them, %s', async (_, options) => {
  await using run = await startRun({ live: live(), ...options })
  const source = sourceOf(run)
  const socket = await dial(run.aggregator.port)
  const gpus = [
    [50, 1, 4, 60, 100, 300],
    [60, 1, 4, 60, 100, 300],
  ]
  socket.write(
    encodeFrame([
      envelope(0, 'SystemSampler', 'SystemTable', [
        { seq: 1, ts: 1, cpu: 50, ram_used: 1, ram_total: 4, gpu_available: true, gpus },
      ]),
      envelope(0, 'GpuDevicesSampler', 'gpu_devices', [
        { gpu_idx: 0, host_index: 5, uuid: 'GPU-5', name: 'A100', processes: [{ pid: 7 }] },
        { gpu_idx: 'odd' },
      ]),
      envelope(0, 'SomebodysSampler', 'gpu_devices', [{ gpu_idx: 1, name: 'not ours' }]),
    ]),
  )
  await vi.waitFor(() =>
    expect(source.payload().nodes[0]?.gpus).toMatchObject([
      { idx: 0, host_index: 5, uuid: 'GPU-5', name: 'A100', processes: [{ pid: 7 }] },
      { idx: 1, host_index: null, uuid: null, name: null, processes: null },
    ]),
  )
  socket.destroy()
})

test('listeners get payloads while they listen; one that throws is dropped, the others go on', async () => {
  await using run = await startRun({ live: live() })
  const source = sourceOf(run)
  const seen: LivePayload[] = []
  let broken = 0
  source.subscribe(() => {
    broken += 1
    throw new Error('cannot draw')
  })
  const end = source.subscribe((payload) => seen.push(payload))
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(2))
  expect(broken).toBe(1)
  expect(run.messages.filter((message) => message.includes('switched off'))).toHaveLength(1)
  end()
  const count = seen.length
  await run.finalize()
  expect(seen).toHaveLength(count)
})

test('nobody looks: nothing is computed after the first payload', async () => {
  const { engine, intervalSeconds } = live()
  let ticks = 0
  const counting = {
    ...engine,
    add: engine.add,
    series: engine.series,
    logs: engine.logs,
    tick: (facts: Parameters<typeof engine.tick>[0]) => {
      ticks += 1
      return engine.tick(facts)
    },
  }
  await using run = await startRun({ live: { engine: counting, intervalSeconds } })
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(10_000)
  expect(ticks).toBe(1)
})

test('a rank that leaves without goodbye is lost, and named; the end is kept after the stop', async () => {
  await using run = await startRun({ live: live(), expectedWorldSize: 2 })
  const source = sourceOf(run)
  const [good, bad] = [await dial(run.aggregator.port), await dial(run.aggregator.port)]
  good.write(encodeFrame([processRow(0, 1), ...steps(0, 1, 20)]))
  bad.write(encodeFrame([processRow(1, 1), ...steps(1, 1, 5)]))
  await vi.waitFor(() => expect(source.payload().run.ranks_seen).toBe(2))
  bad.destroy()
  await vi.waitFor(
    () =>
      expect(source.payload().verdict).toMatchObject({
        kind: 'LOST_RANK',
        summary: 'Rank 1 left without saying goodbye after step 5.',
      }),
    { timeout: 30_000, interval: 100 },
  )
  good.write(encodeFrame([rankFinished(0)]))
  good.end()
  await run.aggregator.finalize({
    deadlineMs: 10_000,
    trainingEnded: true,
    outcome: 'failed',
    exitCode: 137,
  })
  await run.aggregator.stop()
  const { run: ended, ranks } = source.payload()
  expect(ended).toMatchObject({ status: 'ended', end: { outcome: 'failed', exit_code: 137 } })
  expect(ended.end?.reports.map(({ kind }) => kind)).toContain('text')
  expect(ranks.map(({ freshness }) => freshness.state)).toEqual(['ended', 'lost_source'])
})

test('an engine that cannot compute anything is switched off, and says so', async () => {
  const { engine } = live()
  const broken = {
    ...engine,
    add: engine.add,
    series: engine.series,
    logs: engine.logs,
    tick: () => {
      throw new Error('broken engine')
    },
  }
  await using run = await startRun({ live: { engine: broken, intervalSeconds: 0.1 } })
  expect(run.aggregator.live).toBeNull()
  expect(run.messages.join()).toContain('switched off')
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(10_000)
  expect(run.count('process_samples')).toBe(1)
})

test('an engine that fails costs no row of the history', async () => {
  const { engine } = live()
  const failing = {
    ...engine,
    series: engine.series,
    logs: engine.logs,
    add: () => {
      throw new Error('broken engine')
    },
    tick: (facts: Parameters<typeof engine.tick>[0]) => engine.tick(facts),
  }
  await using run = await startRun({ live: { engine: failing, intervalSeconds: 0.1 } })
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(10_000)
  expect(run.count('process_samples')).toBe(1)
  expect(run.messages.join()).toContain('rows could not be taken into the live view')
})
