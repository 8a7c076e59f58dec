import type { Store, TelemetryEnvelope } from '@traceml/contracts'
import { STORE_FIXTURE } from './store-fixture.js'

/**
 * Makes a store that holds the rows of these envelopes, ingested in this order, and of no others.
 * Rows of the built-in samplers are in their own places, rows of others are custom rows.
 */
export type StoreFactory = (envelopes: readonly TelemetryEnvelope[]) => Store | Promise<Store>

function reject(problem: string): never {
  throw new Error(`The store ${problem}`)
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) reject(`reads ${what} as ${found} instead of ${wanted}.`)
}

/**
 * Checks that a store keeps the contract of {@link Store}; throws an error with one sentence when
 * it does not. Runs in any test runner.
 *
 * @param factory - Called twice: with rows of every kind, and with none.
 * @example
 * ```ts
 * test('conformance', () => checkStore(async (envelopes) => myStoreWith(envelopes)))
 * ```
 */
export async function checkStore(factory: StoreFactory): Promise<void> {
  const store = await factory(STORE_FIXTURE)
  if (store.apiVersion !== 1 || store.kind !== 'store') {
    reject('must declare apiVersion 1 and kind "store".')
  }
  await checkStepTime(store)
  await checkLive(store)
  await checkSamples(store)
  await checkMemory(store)
  await checkCustom(store)
  await checkLayers(store)
  await store.close()
  await store.close()
  await checkEmpty(await factory([]))
}

async function checkStepTime(store: Store): Promise<void> {
  const snapshot = await store.readStepTime({ windowSize: 3 })
  same(snapshot.globalRanks, [0, 2], 'the ranks of step time')
  same(snapshot.trainingStrategy, 'fsdp', 'the training strategy')
  same(snapshot.cursor.latestStep, 5, 'the latest step')
  same(snapshot.identities['2']?.hostname, 'w2', 'the host of rank 2')
  same(
    snapshot.ranks.map(({ globalRank, steps }) => [globalRank, [...steps]]),
    [
      [0, [3, 4, 5]],
      [2, [2, 3, 4]],
    ],
    'the newest three steps of every rank',
  )
  const [first] = snapshot.ranks
  same([...(first?.cpuMs[2] ?? [])], [3, 40, 5], 'a step that came twice (the newest row counts)')
  same(first?.present[0], 0b100100, 'the phases that a step has')
  const [backward] = first?.cpuMs[3] ?? []
  if (!Number.isNaN(backward)) reject('must say NaN for a phase that was not measured.')
  const filtered = await store.readStepTime({
    windowSize: 1,
    lookbackFactor: 2,
    rankFilter: [2, 9],
  })
  same(filtered.globalRanks, [2], 'the ranks of a filter (only those that exist)')
  same([...(filtered.ranks[0]?.steps ?? [])], [3, 4], 'window times lookback')
  const none = await store.readStepTime({ windowSize: 1, rankFilter: [] })
  same([none.globalRanks, none.ranks], [[], []], 'an empty filter')
}

async function checkLive(store: Store): Promise<void> {
  const request = { windowSize: 1, lookbackFactor: 3 }
  const live = await store.readStepTimeLive(request, null)
  same(live.identities, {}, 'the identities of a live view')
  same([...(live.ranks[0]?.steps ?? [])], [3, 4, 5], 'the steps of a live view')
  if ((await store.readStepTimeLive(request, live)) !== live) {
    reject('must return the previous live snapshot itself when nothing changed.')
  }
}

async function checkSamples(store: Store): Promise<void> {
  const { samples, gpus } = await store.readSystem({ windowRows: 2 })
  same(
    samples.map(({ node_rank, seq }) => [node_rank, seq]),
    [
      [0, 2],
      [0, 3],
      [1, 3],
    ],
    'the newest two system samples per node (ordered by node, then age)',
  )
  same(
    gpus.map(({ seq, gpu_idx, util }) => [seq, gpu_idx, util]),
    [
      [2, 0, 20],
      [3, 0, 30],
    ],
    'the GPU rows of those samples',
  )
  const processes = await store.readProcess({ windowRows: 1 })
  same(
    processes.map(({ global_rank, seq, cpu_percent }) => [global_rank, seq, cpu_percent]),
    [
      [0, 3, 30],
      [2, 1, null],
    ],
    'the newest process sample per rank',
  )
}

async function checkMemory(store: Store): Promise<void> {
  const memory = await store.readStepMemory({ windowRows: 5 })
  same(
    memory.rows.map(({ global_rank, step, peak_alloc_bytes }) => [
      global_rank,
      step,
      peak_alloc_bytes,
    ]),
    [
      [0, 1, 10],
      [0, 2, 22],
    ],
    'step memory (the newest row of a step, none without values)',
  )
  const { latestStep, ranksSeen, gpuTotalBytes, gpuAvailable } = memory
  same(
    [latestStep, ranksSeen, gpuTotalBytes, memory.gpuTotalBytesByRank, gpuAvailable],
    [9, 2, 80, { '0': 80 }, true],
    'the facts beside step memory',
  )
}

async function checkCustom(store: Store): Promise<void> {
  const rows = await store.readCustom({ sampler: 'acme/disk' })
  same(
    rows.map(({ table_name, sample_ts_s, row }) => [table_name, sample_ts_s, row]),
    [
      ['disks', 7, { ts: 7, free: 1 }],
      ['disks', 50, { free: null }],
      ['volumes', 50, { name: 'a' }],
    ],
    'rows of a custom sampler (oldest first)',
  )
  const newest = await store.readCustom({ sampler: 'acme/disk', table: 'disks', limit: 1 })
  same(
    newest.map(({ row }) => row),
    [{ free: null }],
    'the newest row of one custom table',
  )
  same(await store.readCustom({ sampler: 'acme/none' }), [], 'an unknown sampler')
}

async function checkLayers(store: Store): Promise<void> {
  if (store.readLayers === undefined) return
  const { models, samples } = await store.readLayers({ windowSteps: 2 })
  same(
    models.map(({ global_rank, model_index, layer_bytes }) => [
      global_rank,
      model_index,
      layer_bytes,
    ]),
    [
      [0, 0, [8, 32]],
      [0, 1, [4]],
      [2, 0, [8, 16]],
    ],
    'the newest layers per rank and model',
  )
  same(
    samples.map(({ global_rank, model_id, step, values }) => [global_rank, model_id, step, values]),
    [
      [0, 0, 8, [2, 4]],
      [0, 0, 12, [30, 60]],
      [0, 1, 4, [5, 10]],
      [2, 0, 4, [1, 2]],
    ],
    'the newest two sampled steps per rank and model (the newest row of a step)',
  )
  same(
    [samples[0]?.layers, samples[0]?.gpu_ms, samples[0]?.n_calls, samples[0]?.every],
    [['dense', 'out'], [null, 2], [1, 2], null],
    'the lists of a sampled step',
  )
}

async function checkEmpty(store: Store): Promise<void> {
  const snapshot = await store.readStepTime({ windowSize: 5 })
  same(
    [snapshot.globalRanks, snapshot.ranks, snapshot.cursor, snapshot.trainingStrategy],
    [[], [], { lastRowId: null, latestStep: null }, 'ddp'],
    'step time of an empty history',
  )
  const live = await store.readStepTimeLive({ windowSize: 5 }, null)
  same(live.ranks, [], 'a live view of an empty history')
  same(await store.readSystem({ windowRows: 5 }), { samples: [], gpus: [] }, 'an empty system')
  same(await store.readProcess({ windowRows: 5 }), [], 'processes of an empty history')
  const memory = await store.readStepMemory({ windowRows: 5 })
  same(
    [memory.rows, memory.latestStep, memory.ranksSeen, memory.gpuTotalBytes, memory.gpuAvailable],
    [[], null, 0, null, null],
    'step memory of an empty history',
  )
  same(await store.readCustom({ sampler: 'acme/disk' }), [], 'custom rows of an empty history')
  const layers = (await store.readLayers?.({ windowSteps: 5 })) ?? { models: [], samples: [] }
  same(layers, { models: [], samples: [] }, 'layers of an empty history')
  await store.close()
}
