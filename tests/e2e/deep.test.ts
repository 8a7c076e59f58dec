import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LayerSampleRow } from '@traceml/contracts'
import { openStore } from '@traceml/storage/better-sqlite3'
import { expect, test } from 'vitest'
import {
  queryHistory,
  readManifest,
  startTraceml,
  temporaryFolder,
  traceml,
  waitFor,
} from './fixtures/cli/support.ts'

const TRAIN = fileURLToPath(new URL('./fixtures/deep/train.mjs', import.meta.url))
const LAYERS = ['drop', 'embed', 'hidden', 'out']

const history = (session: string): string => join(session, 'aggregator', 'telemetry')

async function layersOf(session: string) {
  const store = openStore(history(session))
  try {
    return await store.readLayers!({ windowSteps: 1_000 })
  } finally {
    await store.close()
  }
}

function hasLayers(session: string): boolean {
  const sql = "SELECT count(*) AS tables FROM sqlite_master WHERE name = 'layer_samples'"
  const [found] = queryHistory<{ tables: number }>(session, sql)
  return found?.tables === 1
}

const stepsOf = (samples: readonly LayerSampleRow[], kind: string, rank = 0) =>
  samples
    .filter((row) => row.kind === kind && row.global_rank === rank)
    .map(({ step }) => step ?? -1)

test('traceml deep: the layers of a TensorFlow.js model, on some of its steps', async () => {
  using folder = temporaryFolder()
  const end = await traceml(['deep', '--layer-budget', '20%', '--run-name', 'deep', TRAIN, '60'], {
    cwd: folder.path,
  })
  expect(end.stdout).toContain('made 60 steps\n')
  expect(end.code).toBe(0)
  const session = join(folder.path, 'logs', 'deep')
  expect(readManifest(session)).toMatchObject({
    status: 'completed',
    launch: { profile: 'deep', layer_budget: 0.2 },
  })
  expect(queryHistory(session, 'SELECT max(step) AS last FROM step_time_samples')).toEqual([
    { last: 60 },
  ])

  const { models, samples } = await layersOf(session)
  expect(models).toMatchObject([
    {
      global_rank: 0,
      model_index: 0,
      model_name: 'classifier',
      // In the order of the model; those of a sample are sorted.
      layers: ['embed', 'hidden', 'drop', 'out'],
      layer_types: ['Dense', 'Dense', 'Dropout', 'Dense'],
      // Weights and biases of 32 and 64 inputs, four bytes each; `embed` is frozen.
      layer_bytes: [33 * 64 * 4, 65 * 64 * 4, 0, 65 * 4 * 4],
      layer_trainable_bytes: [0, 65 * 64 * 4, 0, 65 * 4 * 4],
    },
  ])
  const sampled = stepsOf(samples, 'forward_time')
  // The first three do not depend on what they cost.
  expect(sampled.slice(0, 3)).toEqual([4, 8, 12])
  expect(sampled.every((step) => step % 2 === 0 && step <= 60)).toBe(true)
  for (const kind of ['backward_time', 'forward_memory', 'backward_memory']) {
    expect(stepsOf(samples, kind)).toEqual(sampled)
  }
  const first = (kind: string) => samples.find((row) => row.kind === kind)
  expect(first('forward_time')).toMatchObject({
    device: 'cpu',
    layers: LAYERS,
    gpu_ms: null,
    n_calls: [1, 1, 1, 1],
    every: 4,
  })
  expect(first('forward_memory')).toMatchObject({
    layers: LAYERS,
    values: [16 * 64 * 4, 16 * 64 * 4, 16 * 64 * 4, 16 * 4 * 4],
  })
  for (const row of samples.filter(({ kind }) => kind.endsWith('time'))) {
    const sum = row.values.reduce<number>((total, value) => total + (value ?? 0), 0)
    expect(sum).toBeGreaterThan(0)
    // Self times are parts of their phase; rounded to the nanosecond each.
    expect(sum).toBeLessThanOrEqual((row.phase_cpu_ms ?? 0) + 0.001)
  }
})

test('two ranks sample the same steps, and each tells its own', async () => {
  using folder = temporaryFolder()
  const args = ['deep', '--run-name', 'two', '--nproc-per-node', '2', TRAIN, '40']
  const end = await traceml(args, { cwd: folder.path })
  expect(end.code).toBe(0)
  const { models, samples } = await layersOf(join(folder.path, 'logs', 'two'))
  expect(models.map(({ global_rank }) => global_rank)).toEqual([0, 1])
  expect(models[1]?.model_signature).toBe(models[0]?.model_signature)
  expect(models[0]?.model_signature).toMatch(/^[0-9a-f]{32}$/)
  for (const rank of [0, 1]) {
    expect(stepsOf(samples, 'forward_time', rank).slice(0, 3)).toEqual([4, 8, 12])
  }
})

test('in profile run nothing of layers is loaded, and the history has no tables of them', async () => {
  using folder = temporaryFolder()
  const loaded = fileURLToPath(new URL('./fixtures/deep/print-loaded.mjs', import.meta.url))
  const runWith = async (profile: string): Promise<readonly string[]> => {
    const end = await traceml(['run', '--run-name', profile, '--profile', profile, TRAIN, '20'], {
      cwd: folder.path,
      env: { NODE_OPTIONS: `--import ${loaded}` },
    })
    expect(end.code).toBe(0)
    const urls = end.stderr.split('\n').filter((line) => line.startsWith('loaded '))
    expect(urls.some((url) => url.includes('/runtime/dist/'))).toBe(true)
    return urls.filter((url) => /\/packages\/(runtime|tfjs)\/dist\/layer/.test(url))
  }
  expect(await runWith('run')).toEqual([])
  expect(await runWith('deep')).not.toEqual([])
  const tables = (profile: string) =>
    queryHistory<{ name: string }>(
      join(folder.path, 'logs', profile),
      "SELECT name FROM sqlite_master WHERE name LIKE 'layer%' ORDER BY name",
    ).map(({ name }) => name)
  expect(tables('run')).toEqual([])
  expect(tables('deep')).toEqual(['layer_lists', 'layer_models', 'layer_samples'])
})

test('a training that is stopped keeps the layers that it had', async () => {
  using folder = temporaryFolder()
  const command = startTraceml(['deep', '--run-name', 'stopped', TRAIN, '1000000'], {
    cwd: folder.path,
  })
  const session = join(folder.path, 'logs', 'stopped')
  await waitFor(
    'layers are stored',
    () => existsSync(history(session)) && hasLayers(session),
    60_000,
  )
  command.child.kill('SIGINT')
  await command.end
  expect((await layersOf(session)).samples.length).toBeGreaterThan(0)
})

test('a budget that makes no sense starts nothing', async () => {
  using folder = temporaryFolder()
  const end = await traceml(['deep', '--layer-budget', 'some', TRAIN], { cwd: folder.path })
  expect(end.code).toBe(2)
  expect(end.stderr).toBe(
    'traceml: --layer-budget is "some", which cannot be used; give it a part of step time above 0 and at most all of it, as 5% or 0.05.\n',
  )
})
