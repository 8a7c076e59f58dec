import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type * as Aggregator from '@traceml/aggregator'
import { createTelemetryClient } from '@traceml/transport'
import { afterAll, expect, test } from 'vitest'
import {
  collectingLogger,
  countRows,
  processRow,
  rankFinished,
  temporaryFolder,
  writeReport,
} from './support.js'

// A thread needs built JavaScript: this is the aggregator as it is installed.
const built = new URL('../../packages/aggregator/dist/index.js', import.meta.url).href
const { startAggregator } = (await import(built)) as typeof Aggregator
const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

test('the writer thread stores a burst of many clients, loses nothing and closes the file', async () => {
  const directory = join(folder.path, 'burst')
  const messages: string[] = []
  await using aggregator = await startAggregator({
    sessionId: 'burst',
    sessionDirectory: directory,
    expectedWorldSize: 8,
    highWaterBytes: 256 * 1024,
    logger: collectingLogger(messages),
    generateSummary: async (request) => writeReport(request),
  })
  const clients = Array.from({ length: 8 }, (_, rank) =>
    createTelemetryClient({
      host: '127.0.0.1',
      port: aggregator.port,
      sessionId: 'burst',
      identity: { globalRank: rank },
    }),
  )
  for (let seq = 1; seq <= 2500; seq += 1) {
    for (const [rank, client] of clients.entries()) client.export([processRow(rank, seq)])
  }
  for (const [rank, client] of clients.entries()) client.export([rankFinished(rank)])
  await Promise.all(clients.map((client) => client.shutdown(30_000)))
  // Everything was acknowledged, so everything is in the file already.
  const database = join(directory, 'aggregator', 'telemetry')
  expect(countRows(database, 'process_samples')).toBe(20_000)
  expect(aggregator.stats().server.pauses).toBeGreaterThan(0)

  const result = await aggregator.finalize({ deadlineMs: 60_000, trainingEnded: true })
  expect(result).toMatchObject({
    ok: true,
    warnings: [],
    summary: { text: 'rows: 20000' },
    storage: { ok: true, written: 20_000, checkpoint_ok: true },
    health: { rows_written: 20_000, messages_dropped: 0, missing_ranks: [] },
  })
  for (const client of clients) expect(client.stats()).toMatchObject({ droppedBatches: 0 })
  expect(existsSync(`${database}-wal`)).toBe(false)
  expect(existsSync(`${database}-shm`)).toBe(false)
  expect(messages).toEqual([])
}, 60_000)

test('a thread that cannot open its file says so once, and the senders are let go', async () => {
  const messages: string[] = []
  await using aggregator = await startAggregator({
    sessionId: 'broken',
    sessionDirectory: join(folder.path, 'burst', 'aggregator', 'telemetry', 'run'),
    logger: collectingLogger(messages),
  })
  const client = createTelemetryClient({
    host: '127.0.0.1',
    port: aggregator.port,
    sessionId: 'broken',
    identity: { globalRank: 0 },
  })
  for (let seq = 1; seq <= 5; seq += 1) client.export([processRow(0, seq)])
  client.export([rankFinished(0)])
  await client.shutdown(10_000)
  expect(client.stats()).toMatchObject({ exportedBatches: 6, droppedBatches: 0 })
  const result = await aggregator.finalize({ deadlineMs: 10_000, trainingEnded: true })
  expect(result).toMatchObject({ ok: false, health: { messages_dropped: 5, rows_written: 0 } })
  expect(messages.filter((message) => message.includes('cannot be opened'))).toHaveLength(1)
})
