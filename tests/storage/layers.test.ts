import { join } from 'node:path'
import { encodePayload } from '@traceml/codec'
import { LAYER_KINDS, type LayerKind, type LiveRowBatch, SAMPLER_NAMES } from '@traceml/contracts'
import {
  openHistory,
  openHistoryReader,
  openRawRows,
  openStore,
} from '@traceml/storage/better-sqlite3'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { envelope, type Meta, range } from './envelopes.js'
import {
  copyDatabase,
  countRows,
  DATABASES,
  type Row,
  readTable,
  temporaryFolder,
} from './support.js'

const SAMPLERS: Readonly<Record<LayerKind, string>> = {
  forward_time: SAMPLER_NAMES.layerForwardTime.sampler,
  backward_time: SAMPLER_NAMES.layerBackwardTime.sampler,
  forward_memory: SAMPLER_NAMES.layerForwardMemory.sampler,
  backward_memory: SAMPLER_NAMES.layerBackwardMemory.sampler,
}
const LAYERS = ['act', 'fc1', 'fc2']

function layerRow(kind: LayerKind, step: number, more: Row = {}): Row {
  const isTime = kind.endsWith('time')
  const figures = isTime
    ? { cpu_ms: [1, 2.5, step], gpu_ms: [null, null, null], n_calls: [2, 1, 1] }
    : { layer_bytes: [320, 320, 80] }
  return {
    seq: 1,
    ts: 1000 + step,
    model_id: 0,
    step,
    device: 'cpu',
    layers: LAYERS,
    ...figures,
    ...more,
  }
}

function steps(kind: LayerKind, numbers: readonly number[], more: Row = {}, meta: Meta = {}) {
  return envelope(
    SAMPLERS[kind],
    numbers.map((step) => layerRow(kind, step, more)),
    meta,
  )
}

const MODEL: Row = {
  seq: 1,
  ts: 999,
  model_index: 0,
  model_signature: '6929ac1edf296161eb81e500a2ce629b',
  total_param_bytes: 848,
  layer_count: 3,
  layers: LAYERS,
  layer_bytes: [0, 576, 272],
}

const model = (more: Row = {}, meta: Meta = {}) =>
  envelope(SAMPLER_NAMES.layerMemory.sampler, [{ ...MODEL, ...more }], meta)

function historyOf(folder: string, ...messages: readonly unknown[]): string {
  const path = join(folder, 'telemetry')
  const writer = openHistory({ path })
  for (const message of messages) writer.ingestFrame(encodePayload(message), 1n)
  expect(writer.finalize()).toMatchObject({ ok: true })
  return path
}

async function layersOf(path: string, windowSteps = 100) {
  const store = openStore(path)
  try {
    return await store.readLayers!({ windowSteps })
  } finally {
    await store.close()
  }
}

test('rows of other clients, without what is ours', async () => {
  using folder = temporaryFolder()
  const meta = { global_rank: 3, node_rank: 1, hostname: 'gpu-1' }
  const path = historyOf(folder.path, [
    model({}, meta),
    ...LAYER_KINDS.map((kind) => steps(kind, [7], { model_id: 140_245 }, meta)),
  ])
  const { models, samples } = await layersOf(path)
  const start = { global_rank: 3, node_rank: 1, hostname: 'gpu-1' }
  expect(models).toEqual([
    {
      id: 1,
      ...start,
      sample_ts_s: 999,
      model_index: 0,
      model_name: null,
      model_signature: '6929ac1edf296161eb81e500a2ce629b',
      layers: LAYERS,
      layer_bytes: [0, 576, 272],
      layer_types: null,
      layer_trainable_bytes: null,
    },
  ])
  const none = { phase_cpu_ms: null, phase_gpu_ms: null, every: null, cost_ms: null, step_ms: null }
  const sample = (id: number, kind: LayerKind, figures: object) => ({
    id,
    ...start,
    sample_ts_s: 1007,
    kind,
    model_id: 140_245,
    step: 7,
    device: 'cpu',
    layers: LAYERS,
    gpu_ms: null,
    ...figures,
    ...none,
  })
  const time = { values: [1, 2.5, 7], n_calls: [2, 1, 1] }
  const memory = { values: [320, 320, 80], n_calls: null }
  expect(samples).toEqual([
    sample(1, 'forward_time', time),
    sample(2, 'backward_time', time),
    sample(3, 'forward_memory', memory),
    sample(4, 'backward_memory', memory),
  ])
})

test('what our clients say beyond that', async () => {
  using folder = temporaryFolder()
  const cost = { phase_cpu_ms: 9, phase_gpu_ms: 8, every: 4, cost_ms: 0.2, step_ms: 25 }
  const more = { ...cost, gpu_ms: [0.5, null, 1 / 3] }
  const path = historyOf(
    folder.path,
    model({
      model_name: 'net',
      layer_types: ['ReLU', 'Linear', null],
      layer_trainable_bytes: [0, 576, 0],
    }),
    steps('forward_time', [8], more),
    steps('backward_time', [8], more),
  )
  const { models, samples } = await layersOf(path)
  expect(models[0]).toMatchObject({
    model_name: 'net',
    layer_types: ['ReLU', 'Linear', null],
    layer_trainable_bytes: [0, 576, 0],
  })
  const gpu_ms = [0.5, null, 0.333333]
  expect(samples[0]).toMatchObject({ kind: 'forward_time', ...cost, gpu_ms })
  const passed = { phase_cpu_ms: 9, phase_gpu_ms: 8, every: null, cost_ms: null, step_ms: null }
  expect(samples[1]).toMatchObject({ kind: 'backward_time', ...passed, gpu_ms })
})

test.each([
  ['no layers', { layers: null }],
  ['names that are no texts', { layers: ['act', 1, 'fc2'] }],
  ['fewer figures than layers', { cpu_ms: [1] }],
  ['no figures', { cpu_ms: null }],
])('a row that makes no sense is left out alone: %s', async (_case, wrong) => {
  using folder = temporaryFolder()
  const path = historyOf(
    folder.path,
    envelope(SAMPLERS.forward_time, [
      layerRow('forward_time', 1, wrong),
      layerRow('forward_time', 2),
    ]),
  )
  expect((await layersOf(path)).samples.map(({ step }) => step)).toEqual([2])
})

test('odd values cost themselves only', async () => {
  using folder = temporaryFolder()
  const odd = {
    cpu_ms: [1, Number.NaN, 'two'],
    gpu_ms: [1],
    n_calls: [1.5, 2, null],
    device: 7,
    every: 'often',
  }
  const path = historyOf(folder.path, steps('forward_time', [1], odd))
  expect((await layersOf(path)).samples[0]).toMatchObject({
    values: [1, null, null],
    gpu_ms: null,
    n_calls: [null, 2, null],
    device: null,
    every: null,
  })
})

test('a window is of the newest steps, per rank, model and kind; a step that came twice is one', async () => {
  using folder = temporaryFolder()
  const path = historyOf(
    folder.path,
    steps('forward_time', [4, 8, 12]),
    steps('forward_time', [12], { cpu_ms: [7, 7, 7] }),
    steps('backward_time', [4]),
    steps('forward_time', [2, 4], { model_id: 1 }),
    steps('forward_time', [16], {}, { global_rank: 1 }),
    steps('forward_time', [null as unknown as number]),
    steps('forward_time', [20], {}, { global_rank: null }),
    model({ model_index: 1 }),
    model(),
    model({ layer_bytes: [0, 1, 2] }),
    model({}, { global_rank: 1 }),
  )
  const { models, samples } = await layersOf(path, 2)
  expect(
    samples.map(({ global_rank, model_id, kind, step, values }) => [
      global_rank,
      model_id,
      kind,
      step,
      values[0],
    ]),
  ).toEqual([
    [0, 0, 'forward_time', 8, 1],
    [0, 0, 'forward_time', 12, 7],
    [0, 0, 'backward_time', 4, 1],
    [0, 1, 'forward_time', 2, 1],
    [0, 1, 'forward_time', 4, 1],
    [1, 0, 'forward_time', 16, 1],
  ])
  expect(
    models.map(({ global_rank, model_index, layer_bytes }) => [
      global_rank,
      model_index,
      layer_bytes[1],
    ]),
  ).toEqual([
    [0, 0, 1],
    [0, 1, 576],
    [1, 0, 576],
  ])
})

test('a run that is not profiled by layer has a file without these tables', async () => {
  using folder = temporaryFolder()
  const path = historyOf(folder.path, envelope('ProcessSampler', [{ seq: 1 }]))
  const database = new Database(path, { readonly: true })
  const tables = database.prepare('select name from sqlite_master').pluck().all() as string[]
  database.close()
  expect(tables.filter((name) => name.includes('layer'))).toEqual([])
  expect(await layersOf(path)).toEqual({ models: [], samples: [] })
  const store = openStore(path)
  expect(await store.missingTables?.()).toEqual([])
  await store.close()
})

test.each(DATABASES)('files of another implementation have no layers: %s', async (name) => {
  using folder = temporaryFolder()
  expect(await layersOf(copyDatabase(name, folder.path))).toEqual({ models: [], samples: [] })
})

test('names are stored once, whatever reads the rows', () => {
  using folder = temporaryFolder()
  const path = historyOf(
    folder.path,
    model(),
    ...LAYER_KINDS.map((kind) => steps(kind, range(1, 50))),
    steps('forward_time', [51], { layers: ['a', 'b', 'c'] }),
  )
  expect(readTable(path, 'layer_lists').map(({ layers_json }) => layers_json)).toEqual([
    JSON.stringify(LAYERS),
    '["a","b","c"]',
  ])
  expect(readTable(path, 'layer_samples').every(({ layers_json }) => layers_json === null)).toBe(
    true,
  )
  using reader = openHistoryReader(path)
  const rows = [...reader.rows('layer_samples')]
  expect(rows).toHaveLength(201)
  expect(rows.at(0)?.layers).toEqual(LAYERS)
  expect(rows.at(-1)?.layers).toEqual(['a', 'b', 'c'])
  expect([...reader.rows('layer_models')][0]?.layers).toEqual(LAYERS)
  const raw = openRawRows(path)
  const [page = []] = raw.pages({ table: 'layer_samples', rank: 0, newest: 1 })
  expect(page[0]).toMatchObject({ step: 51, layers_json: '["a","b","c"]' })
  expect(page[0]).not.toHaveProperty('layers_id')
  expect(raw.sizes().slice(-2)).toEqual([
    { table: 'layer_models', rows: 1, ranks: [0] },
    { table: 'layer_samples', rows: 201, ranks: [0] },
  ])
  raw.close()
})

test('layers that differ from step to step do not fill the file with names', async () => {
  using folder = temporaryFolder()
  const messages = range(1, 400).map((step) =>
    steps('forward_time', [step], { layers: ['a', 'b', `c${step}`] }),
  )
  const path = historyOf(folder.path, ...messages)
  expect(readTable(path, 'layer_lists')).toHaveLength(256)
  const { samples } = await layersOf(path, 1000)
  expect(samples.map(({ layers }) => layers[2])).toEqual(range(145, 400).map((step) => `c${step}`))
})

test('samples are kept per rank, model and kind, at any time and exactly at the end', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const writer = openHistory({ path, windowRows: 10 })
  for (let block = 0; block < 10; block += 1) {
    for (const global_rank of [0, 1]) {
      for (const kind of LAYER_KINDS) {
        writer.ingest(steps(kind, range(block * 100, block * 100 + 99), {}, { global_rank }), 1n)
      }
    }
    writer.flush()
    expect(countRows(path)['layer_samples']).toBeLessThanOrEqual(2 * 4 * (256 + 32 + 100))
  }
  writer.finalize()
  expect(countRows(path)['layer_samples']).toBe(2 * 4 * 256)
  expect(Math.min(...readTable(path, 'layer_samples').map(({ step }) => step as number))).toBe(744)
})

test('of many models only the newest keep samples, also after the file was opened again', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  const write = (first: number, last: number): void => {
    const writer = openHistory({ path })
    for (const model_id of range(first, last)) {
      writer.ingest(model({ model_index: model_id }), 1n)
      writer.ingest(steps('forward_time', range(1, 10), { model_id }), 1n)
      // The first one goes on all the time.
      writer.ingest(steps('forward_time', [model_id * 10], { model_id: 0 }), 1n)
      writer.flush()
    }
    writer.finalize()
  }
  const keptModels = (): unknown[] => [
    ...new Set(readTable(path, 'layer_samples').map(({ model_id }) => model_id)),
  ]
  write(1, 50)
  expect(keptModels().toSorted()).toEqual([0, ...range(36, 50)].toSorted())
  write(51, 60)
  expect(keptModels().toSorted()).toEqual([0, ...range(46, 60)].toSorted())
  expect(countRows(path)).toMatchObject({ layer_models: 60, layer_samples: 60 + 15 * 10 })
  write(61, 90)
  expect(countRows(path)['layer_models']).toBe(64)
})

test('a transaction that is undone takes the tables and names with it; the next one has them', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'telemetry')
  openHistory({ path }).finalize()
  const database = new Database(path)
  database.exec(`create table gate (closed integer); insert into gate values (1);
    create trigger refuse before insert on process_samples when (select closed from gate)
      begin select raise(rollback, 'closed'); end`)
  const writer = openHistory({ path })
  const messages = [steps('forward_time', [1]), model(), envelope('ProcessSampler', [{ seq: 1 }])]
  for (const message of messages) writer.ingest(message, 1n)
  expect(writer.flush()).toBe(0)
  expect(countRows(path)).not.toHaveProperty('layer_samples')
  database.exec('update gate set closed = 0')
  database.close()
  expect(writer.flush()).toBe(3)
  expect(writer.finalize()).toMatchObject({ ok: true })
  const { models, samples } = await layersOf(path)
  expect([models.length, samples[0]?.layers]).toEqual([1, LAYERS])
})

test('live views get the rows as they are written', () => {
  using folder = temporaryFolder()
  const batches: LiveRowBatch[] = []
  const writer = openHistory({
    path: join(folder.path, 'telemetry'),
    onRows: (batch) => batches.push(batch),
  })
  writer.ingest(model({ model_name: 'net' }, { global_rank: 2 }), 1n)
  writer.ingest(steps('forward_time', [4, 8], { every: 4 }, { global_rank: 2 }), 1n)
  writer.flush()
  writer.ingest(steps('forward_memory', [8], {}, { global_rank: 2 }), 1n)
  writer.flush()
  writer.finalize()
  const [first, second] = batches
  expect(first?.identities.map(({ global_rank }) => global_rank)).toEqual([2])
  expect(first?.layerModels).toMatchObject([{ global_rank: 2, model_name: 'net', layers: LAYERS }])
  expect(first?.layerSamples).toMatchObject([
    {
      global_rank: 2,
      kind: 'forward_time',
      step: 4,
      every: 4,
      layers: LAYERS,
      values: [1, 2.5, 4],
    },
    { step: 8 },
  ])
  expect(second?.layerModels).toEqual([])
  expect(second?.layerSamples).toMatchObject([{ kind: 'forward_memory', values: [320, 320, 80] }])
})
