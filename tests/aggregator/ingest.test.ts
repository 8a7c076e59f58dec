import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeFrame } from '@traceml/codec'
import { expect, test, vi } from 'vitest'
import {
  dial,
  envelope,
  processRow,
  rankFinished,
  selectAll,
  startRun,
  stepRow,
} from './support.js'

const database = (directory: string): string => join(directory, 'aggregator', 'telemetry')

test('recorded frames of an existing client end up in the tables', async () => {
  await using run = await startRun()
  const wire = JSON.parse(
    readFileSync(new URL('../telemetry/vectors/wire_frames.json', import.meta.url), 'utf8'),
  ) as { readonly frame_hex: string; readonly codec: string }[]
  const socket = await dial(run.aggregator.port)
  socket.write(
    Buffer.concat(
      wire.filter((v) => v.codec === 'msgpack').map((v) => Buffer.from(v.frame_hex, 'hex')),
    ),
  )
  await vi.waitFor(() => expect(run.aggregator.progress().ranksFinished).toBe(1))
  socket.end()
  const result = await run.finalize()
  expect(result).toMatchObject({ ok: true, error: null, warnings: [] })
  expect(run.count('system_samples')).toBeGreaterThan(0)
  expect(run.count('process_samples')).toBeGreaterThan(0)
  expect(run.count('runtime_environment')).toBe(1)
  expect(run.count('step_time_samples')).toBeGreaterThan(20)
})

test('a corrupt frame, an unknown sampler and older forms beside good rows', async () => {
  await using run = await startRun()
  const socket = await dial(run.aggregator.port)
  socket.write(
    Buffer.concat([
      Buffer.from([0, 0, 0, 8]),
      Buffer.alloc(8, 0xff),
      encodeFrame([envelope(0, 'NotARealSampler', 'x', [{ a: 1 }]), processRow(1, 1)]),
      encodeFrame({
        rank: 3,
        sampler: 'ProcessSampler',
        timestamp: 1.5,
        tables: { ProcessTable: [{ seq: 2 }] },
      }),
      encodeFrame([rankFinished(0), processRow(0, 3), rankFinished(0)]),
    ]),
  )
  await vi.waitFor(() => expect(run.aggregator.stats().history.framesTaken).toBe(3))
  socket.destroy()
  const result = await run.finalize()
  expect(
    selectAll(
      database(run.directory),
      'select rank, global_rank, seq from process_samples order by id',
    ),
  ).toEqual([
    { rank: 1, global_rank: 1, seq: 1 },
    { rank: 3, global_rank: null, seq: 2 },
    { rank: 0, global_rank: 0, seq: 3 },
  ])
  expect(result.health).toMatchObject({ finished_ranks: [0], missing_ranks: [] })
  expect(result.health.notes.join(' ')).toContain('1 messages were not readable')
})

test('acknowledged means committed: what a client may forget is in the file', async () => {
  await using run = await startRun()
  const client = run.client()
  for (let seq = 1; seq <= 500; seq += 1) client.export([processRow(0, seq)])
  await client.forceFlush(10_000)
  // Read by another connection while the writer is open.
  expect(run.count('process_samples')).toBe(500)
  expect(client.stats()).toMatchObject({ exportedBatches: 500, droppedBatches: 0 })
})

test('a goodbye is acknowledged at once, not at the next periodic write', async () => {
  await using run = await startRun()
  const client = run.client()
  client.export([processRow(0, 1)])
  await client.forceFlush(5000)
  const started = performance.now()
  client.export([rankFinished(0)])
  await client.forceFlush(5000)
  expect(performance.now() - started).toBeLessThan(90)
})

test('several ranks, bad peers beside them: nothing of the good ones is lost', async () => {
  await using run = await startRun({ expectedWorldSize: 4 })
  const clients = [0, 1, 2, 3].map((rank) => run.client(rank))
  for (let step = 1; step <= 300; step += 1) {
    for (const [rank, client] of clients.entries()) {
      client.export([stepRow(rank, step), processRow(rank, step)])
    }
    if (step === 100) (await dial(run.aggregator.port)).write('GET / HTTP/1.1\r\n\r\n')
    if (step === 200) (await dial(run.aggregator.port)).write(Buffer.alloc(8, 0xff))
  }
  for (const [rank, client] of clients.entries()) client.export([rankFinished(rank)])
  await Promise.all(clients.map((client) => client.shutdown(10_000)))
  await vi.waitFor(() => {
    expect(run.aggregator.stats().server.peersRejected.oversized).toBe(2)
    expect(run.aggregator.progress()).toMatchObject({ ranksSeen: 4, ranksFinished: 4 })
  })
  const result = await run.finalize()
  expect(run.count('step_time_samples')).toBe(1200)
  expect(run.count('process_samples')).toBe(1200)
  expect(result).toMatchObject({
    ok: true,
    warnings: [],
    health: {
      rows_written: 2400,
      rows_rejected: 0,
      messages_dropped: 0,
      expected_ranks: 4,
      finished_ranks: [0, 1, 2, 3],
      missing_ranks: [],
    },
  })
})

test('progress follows the run', async () => {
  await using run = await startRun({ expectedWorldSize: 2 })
  expect(run.aggregator.progress()).toMatchObject({
    status: 'waiting',
    lastRowAgeSeconds: null,
    ranksExpected: 2,
    ranksSeen: 0,
    stepsCompleted: 0,
    stepsPerSecond: null,
  })
  const clients = [run.client(0), run.client(1)]
  let step = 0
  await vi.waitFor(
    () => {
      step += 1
      clients[0]!.export([stepRow(0, step * 2)])
      clients[1]!.export([stepRow(1, step)])
      const progress = run.aggregator.progress()
      expect(progress.stepsPerSecond).toBeGreaterThan(0)
      expect(progress).toMatchObject({ status: 'live', ranksSeen: 2, ranksFinished: 0, lost: 0 })
      expect(progress.phasesMs).toMatchObject({
        forward: 2,
        traced_step_time: 5,
        backward: null,
      })
      // The slowest rank decides.
      expect(progress.stepsCompleted).toBeGreaterThan(0)
      expect(progress.stepsCompleted).toBeLessThanOrEqual(step)
    },
    { timeout: 30_000, interval: 20 },
  )
})

test('what the producers say they lost is in the health of the report', async () => {
  await using run = await startRun()
  const client = run.client()
  const stats = (completed: number, dropped: number) =>
    envelope(0, 'AgentStatsSampler', 'agent_stats', [
      {
        ts: 1,
        steps_completed: completed,
        steps_dropped: dropped,
        rows_dropped: 7,
        batches_dropped: 2,
      },
    ])
  client.export([stats(50, 0)])
  client.export([stats(100, 4), rankFinished(0)])
  await client.shutdown(5000)
  const { health } = await run.finalize()
  expect(health).toMatchObject({ steps_recorded: 100, steps_lost: 4, messages_dropped: 2 })
  expect(health.notes).toEqual([
    '4 completed steps were lost before they could be sent.',
    '7 rows were dropped by the ranks that made them.',
  ])
})

test('without history everything is received and counted, nothing stored', async () => {
  await using run = await startRun({ historyEnabled: false })
  const client = run.client()
  client.export([processRow(0, 1), rankFinished(0)])
  await client.shutdown(5000)
  expect(client.stats()).toMatchObject({ exportedBatches: 1, droppedBatches: 0 })
  const result = await run.finalize()
  expect(result).toMatchObject({ ok: true, storage: null, summary: null })
  expect(run.summaries).toEqual([])
})

test('back-pressure: a small high-water mark pauses the sockets and loses nothing', async () => {
  await using run = await startRun({ highWaterBytes: 20_000 })
  const clients = Array.from({ length: 4 }, (_, rank) => run.client(rank))
  for (let seq = 1; seq <= 2000; seq += 1) {
    for (const [rank, client] of clients.entries()) client.export([processRow(rank, seq)])
  }
  await Promise.all(clients.map((client) => client.forceFlush(20_000)))
  expect(run.aggregator.stats().server.pauses).toBeGreaterThan(0)
  expect(run.count('process_samples')).toBe(8000)
}, 30_000)
