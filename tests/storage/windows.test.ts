import { join } from 'node:path'
import type { RankMemoryColumns, StepTimeRequest, StepTimeSnapshot } from '@traceml/contracts'
import { alignMemoryColumns, alignSummaryMetrics } from '@traceml/diagnostics'
import type { HistoryWriter } from '@traceml/storage'
import { openHistory, openStore } from '@traceml/storage/better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { envelope, range, stepEnvelope, stepRow } from './envelopes.js'
import { temporaryFolder } from './support.js'

async function fromFile(path: string, request: StepTimeRequest): Promise<StepTimeSnapshot> {
  const store = openStore(path)
  const snapshot = await store.readStepTime(request)
  await store.close()
  return snapshot
}

async function expectSame(
  writer: HistoryWriter,
  path: string,
  request: StepTimeRequest,
): Promise<StepTimeSnapshot | null> {
  const memory = writer.stepTimeSnapshot(request)
  if (memory !== null) expect(memory).toEqual(await fromFile(path, request))
  return memory
}

test('memory gives what the file gives, before and after the end', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path, windowRows: 100 })
  writer.ingest(envelope('RuntimeEnvironmentSampler', []), 1n)
  writer.ingest(
    {
      meta: { sampler: 'RuntimeEnvironmentSampler' },
      body: { tables: { RuntimeEnvironmentTable: [{ training_strategy: ' FSDP ' }] } },
    },
    1n,
  )
  for (let first = 1; first <= 400; first += 20) {
    for (const rank of [0, 3]) {
      const meta = { global_rank: rank, hostname: `w${rank}`, node_rank: rank, world_size: 4 }
      writer.ingest(stepEnvelope(range(first, first + 19), meta, first / 20), BigInt(first))
    }
    writer.flush()
    const request = { windowSize: 50, lookbackFactor: 2, rankFilter: first > 200 ? [3, 9] : null }
    expect(await expectSame(writer, path, request)).not.toBeNull()
  }
  expect(writer.stepTimeSnapshot({ windowSize: 101 })).toBeNull()
  const before = writer.stepTimeSnapshot({ windowSize: 100 })
  expect(before?.trainingStrategy).toBe('fsdp')
  expect(before?.ranks.map(({ steps }) => [steps[0], steps.at(-1)])).toEqual([
    [301, 400],
    [301, 400],
  ])
  writer.finalize()
  expect(writer.stepTimeSnapshot({ windowSize: 100 })).toEqual(before)
  await expectSame(writer, path, { windowSize: 100 })
})

const action = fc.oneof(
  { weight: 6, arbitrary: fc.constant('next' as const) },
  fc.constant('again' as const),
  fc.constant('back' as const),
  fc.constant('restart' as const),
  fc.constant('no step' as const),
)
const batch = fc.record({
  rank: fc.nat(2),
  actions: fc.array(action, { minLength: 1, maxLength: 12 }),
  timestamp: fc.nat(3),
  flush: fc.boolean(),
})

test('whatever order steps come in, memory gives what the file gives or says that it cannot', async () => {
  let told = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(batch, { maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      async (batches, windowRows, windowSize) => {
        using folder = temporaryFolder()
        const path = join(folder.path, 'telemetry')
        const writer = openHistory({ path, windowRows })
        const steps = [0, 0, 0]
        for (const { rank, actions, timestamp, flush } of batches) {
          const rows = actions.map((kind, index) => {
            if (kind === 'next') steps[rank]! += 1
            if (kind === 'restart') steps[rank] = 1
            const step =
              kind === 'no step' ? null : kind === 'back' ? steps[rank]! - 3 : steps[rank]!
            return stepRow(step, index * 2, timestamp)
          })
          writer.ingest(envelope('StepTimeSampler', rows, { global_rank: rank }), 1n)
          if (!flush) continue
          writer.flush()
          if ((await expectSame(writer, path, { windowSize })) !== null) told += 1
        }
        writer.finalize()
        if ((await expectSame(writer, path, { windowSize })) !== null) told += 1
      },
    ),
    { numRuns: 30 },
  )
  expect(told).toBeGreaterThan(30)
}, 60_000)

test('memory does not answer for a file that had steps before', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const first = openHistory({ path })
  first.ingest(stepEnvelope([1, 2]), 1n)
  first.finalize()
  const second = openHistory({ path })
  second.ingest(stepEnvelope([3]), 1n)
  second.finalize()
  expect(second.stepTimeSnapshot({ windowSize: 10 })).toBeNull()
  const snapshot = await fromFile(path, { windowSize: 10 })
  expect([...snapshot.ranks[0]!.steps]).toEqual([1, 2, 3])
})

test('without memory to spare a window stays small and says so', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path, windowRows: 1000, windowBytes: 10_000 })
  for (let first = 1; first <= 1000; first += 100) {
    writer.ingest(stepEnvelope(range(first, first + 99)), 1n)
    writer.flush()
  }
  expect(writer.stepTimeSnapshot({ windowSize: 1000 })).toBeNull()
  expect(await expectSame(writer, path, { windowSize: 100 })).not.toBeNull()
  writer.finalize()
})

test('progress is that of the newest steps', () => {
  using folder = temporaryFolder()
  const writer = openHistory({ path: join(folder.path, 'telemetry') })
  expect(writer.progressSnapshot()).toEqual({ ranks: [], rowsWritten: 0 })
  writer.ingest(stepEnvelope(range(1, 100), { global_rank: 4 }, 1000), 7n)
  writer.ingest(stepEnvelope(range(101, 150), { global_rank: 4 }, 10), 8n)
  writer.ingest(stepEnvelope([1], { global_rank: 2 }, 4), 9n)
  expect(writer.progressSnapshot().ranks).toEqual([])
  writer.flush()
  const { ranks, rowsWritten } = writer.progressSnapshot()
  expect(rowsWritten).toBe(151)
  expect(ranks).toMatchObject([
    { globalRank: 2, latestStep: 1, stepRows: 1, lastArrivalNs: 9n },
    { globalRank: 4, latestStep: 150, stepRows: 150, lastArrivalNs: 8n },
  ])
  expect(ranks[1]?.cpuMs).toMatchObject({ forward: 10, traced_step_time: 10, h2d: null })
  expect(ranks[1]?.gpuMs).toMatchObject({ forward: 5, traced_step_time: null })
  writer.finalize()
})

/** Memory rows of a rank; a step that is null has no number, peaks that are null were not measured. */
function memoryEnvelope(
  rows: readonly (readonly [step: number | null, peak: number | null, live: number | null])[],
  meta: Parameters<typeof envelope>[2],
): unknown {
  return envelope(
    'StepMemorySampler',
    rows.map(([step, peak, live], index) => ({
      seq: index,
      ts: index,
      device: 'cuda:0',
      step,
      peak_alloc: peak,
      peak_resv: peak === null ? null : peak * 2,
      live_bytes: live,
      live_tensor_count: live === null ? null : 1,
    })),
    meta,
  )
}

const memoryRow = fc.tuple(
  fc.option(fc.nat(9), { freq: 9 }),
  fc.option(fc.nat(99), { freq: 6 }),
  fc.option(fc.nat(99), { freq: 2 }),
)

test('step memory as columns says what its rows say, from the file and from memory', async () => {
  let told = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ rank: fc.nat(2), rows: fc.array(memoryRow, { maxLength: 8 }) }), {
        maxLength: 12,
      }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
      async (batches, windowRows, asked) => {
        using folder = temporaryFolder()
        const path = join(folder.path, 'telemetry')
        const writer = openHistory({ path, windowRows })
        let step = 0
        for (const { rank, rows } of batches) {
          const numbered = rows.map(([back, peak, live]) => {
            step += 1
            return [back === null ? null : Math.max(0, step - back), peak, live] as const
          })
          writer.ingest(memoryEnvelope(numbered, { global_rank: rank }), 1n)
          writer.flush()
        }
        writer.finalize()
        const store = openStore(path)
        const request = { windowRows: asked }
        const { rows, ...facts } = await store.readStepMemory(request)
        const columns = await store.readStepMemoryColumns!(request)
        await store.close()
        expect(flattened(columns.ranks)).toEqual(
          rows.map((row) => [
            row.global_rank,
            row.step,
            row.peak_alloc_bytes,
            row.peak_reserved_bytes,
            row.live_bytes,
            row.live_tensor_count,
          ]),
        )
        const { ranks: _, ...columnFacts } = columns
        expect(columnFacts).toEqual(facts)
        const aligned = alignMemoryColumns(columns, asked)
        expect(aligned).toEqual(alignSummaryMetrics({ rows, ...facts }, asked))
        const known = writer.stepMemorySnapshot(request)
        if (known === null) return
        told += 1
        expect(alignMemoryColumns({ ...columnFacts, ...known }, asked)).toEqual(aligned)
        expect({ ...columnFacts, ...known, ranks: null }).toEqual({ ...columnFacts, ranks: null })
      },
    ),
    { numRuns: 60 },
  )
  expect(told).toBeGreaterThan(20)
})

function flattened(ranks: readonly RankMemoryColumns[]): unknown[] {
  return ranks.flatMap((rank) =>
    [...rank.steps].map((step, at) => [
      rank.globalRank,
      step,
      ...[rank.allocatedBytes, rank.reservedBytes, rank.liveBytes, rank.liveTensorCount].map(
        (column) => (Number.isNaN(column[at]) ? null : column[at]),
      ),
    ]),
  )
}
