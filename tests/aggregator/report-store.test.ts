import { join } from 'node:path'
import type * as Aggregator from '@traceml/aggregator'
import type { Store } from '@traceml/contracts'
import { generateSummary } from '@traceml/reporting'
import { openStore } from '@traceml/storage/better-sqlite3'
import { createTelemetryClient } from '@traceml/transport'
import { afterAll, describe, expect, test } from 'vitest'
import {
  envelope,
  processRow,
  rankFinished,
  selectAll,
  startRun,
  stepRow,
  temporaryFolder,
  writeReport,
} from './support.js'

// A thread needs built JavaScript: this is the aggregator as it is installed.
const built = new URL('../../packages/aggregator/dist/index.js', import.meta.url).href
const { startAggregator } = (await import(built)) as typeof Aggregator
const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

const RANKS = 3
const STEPS = 40
const WINDOW = 25

/** Everything that a report may ask of a history. */
async function readAll(store: Store): Promise<readonly unknown[]> {
  const window = { windowRows: WINDOW }
  const live = { windowSize: 5, lookbackFactor: 2 }
  const firstLive = await store.readStepTimeLive(live, null)
  return [
    await store.readStepTime({ windowSize: WINDOW }),
    await store.readStepTime({ windowSize: 10, rankFilter: [1] }),
    await store.readStepTime({ windowSize: 1000 }),
    await store.readSystem(window),
    await store.readProcess(window),
    await store.readStepMemory(window),
    await store.readCustom({ sampler: 'acme/disk' }),
    firstLive,
    (await store.readStepTimeLive(live, firstLive)) === firstLive,
    (await store.readStepTimeLive({ windowSize: 7 }, firstLive)) === firstLive,
  ]
}

async function report(store: Store): Promise<unknown> {
  const now = new Date(0)
  return generateSummary({ store, windowRows: WINDOW, runName: 'run', now })
}

function telemetry(rank: number): readonly ReturnType<typeof envelope>[] {
  const system = { seq: 1, ts: 1001, cpu: 5, ram_used: 1, ram_total: 2, gpu_available: true }
  const gpus = [
    [50, 1, 2, 60, 70, 80],
    [51, 1, 2, 61, 71, 81],
  ]
  const steps = Array.from({ length: STEPS }, (_, step) => stepRow(rank, step))
  const memory = Array.from({ length: STEPS }, (_, step) => ({
    seq: step,
    ts: 1000 + step,
    model_id: 1,
    device: 'cuda:0',
    step,
    peak_alloc: 1e9 + step * 1.5,
    peak_resv: 2e9 + step,
  }))
  return [
    ...steps,
    processRow(rank, 1),
    envelope(rank, 'SystemSampler', 'SystemTable', [{ ...system, gpu_count: 2, gpus }]),
    envelope(rank, 'StepMemorySampler', 'step_memory', memory),
    envelope(rank, 'acme/disk', 'disk', [{ free: 1 }, { free: 2 }]),
  ]
}

describe.each([
  ['the writer thread', startAggregator, false],
  ['the calling thread', null, true],
] as const)('%s', (name, start, inline) => {
  test('gives a report the rows of the file, before and after the end', async () => {
    const directory = join(folder.path, name.replaceAll(' ', '-'))
    const seen: { final: boolean; given: unknown; file: unknown; same: boolean }[] = []
    const generate: Aggregator.AggregatorOptions['generateSummary'] = async (request) => {
      const given = await request.openStore()
      const file = openStore(request.databasePath)
      try {
        const payloads = [await report(given), await report(file)]
        expect(payloads[0]).toEqual(payloads[1])
        seen.push({
          final: request.final,
          // The first read of the steps comes from memory, later ones after the end from the file.
          given: await readAll(given),
          file: await readAll(file),
          same: JSON.stringify(payloads[0]) === JSON.stringify(payloads[1]),
        })
      } finally {
        await given.close()
        await given.close()
        await file.close()
      }
      return writeReport(request)
    }
    const options = {
      sessionId: 'stored',
      productVersion: '1.2.3',
      sessionDirectory: directory,
      expectedWorldSize: RANKS,
      windowRows: WINDOW,
      generateSummary: generate,
    }
    const run = start === null ? await startRun({ ...options, inline }) : null
    const aggregator = run?.aggregator ?? (await start?.(options))
    if (aggregator === undefined) throw new Error('no aggregator')
    const clients = Array.from({ length: RANKS }, (_, rank) => {
      const identity = { globalRank: rank }
      const { port } = aggregator
      return createTelemetryClient({ host: '127.0.0.1', port, sessionId: 'stored', identity })
    })
    try {
      for (const [rank, client] of clients.entries()) {
        for (const item of telemetry(rank)) client.export([item])
        client.export([rankFinished(rank)])
        await client.shutdown(5000)
      }
      const result = await aggregator.finalize({ deadlineMs: 20_000, trainingEnded: true })
      expect(result).toMatchObject({ ok: true, error: null })
    } finally {
      await aggregator.stop()
      await run?.[Symbol.asyncDispose]()
    }
    expect(seen.map(({ final, same }) => [final, same])).toEqual([[true, true]])
    expect(seen[0]?.given).toEqual(seen[0]?.file)
    const facts = selectAll(
      join(directory, 'aggregator', 'telemetry'),
      'select key, value from traceml_meta order by key',
    ) as readonly { readonly key: string; readonly value: string }[]
    expect(facts).toMatchObject([
      { key: 'product_version', value: '1.2.3' },
      { key: 'schema_version' },
      { key: 'session_id', value: 'stored' },
      { key: 'started_at', value: expect.stringMatching(/^\d{10}(\.\d+)?$/) },
    ])
  })
})
