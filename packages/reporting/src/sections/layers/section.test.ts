import type { LayerSampleRow, LayerWindow, Store } from '@traceml/contracts'
import { noopLogger } from '@traceml/contracts'
import { layerModelFixture, layerSampleFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { runSection } from '../run-section.js'
import { layersSection } from './section.js'

function storeOf(window: LayerWindow | null, worldSize = 1): Store {
  const processes = Array.from({ length: worldSize }, (_, rank) => ({
    global_rank: rank,
    local_rank: rank,
    node_rank: 0,
    hostname: 'host0',
    local_world_size: worldSize,
    world_size: worldSize,
  }))
  return {
    ...(window === null ? {} : { readLayers: async () => window }),
    readProcess: async () => processes,
  } as unknown as Store
}

const section = (store: Store) =>
  runSection(layersSection, { store, windowRows: 100, logger: noopLogger })

/** Twelve blocks of a transformer, the last one with a large head. */
const BLOCKS = Array.from(
  { length: 12 },
  (_, i) => `transformer.encoder.layers.${i}.self_attention`,
)
const forwardMs = Object.fromEntries([
  ...BLOCKS.map((name, i) => [name, 4 + (i % 3)]),
  ['head', 12.25],
])
const bytes = Object.fromEntries([...BLOCKS.map((name) => [name, 1_048_576]), ['head', 3_000]])

function steps(rank: number, rest: Partial<LayerSampleRow> = {}): readonly LayerSampleRow[] {
  return [8, 16, 24].flatMap((step) => {
    const identity = { global_rank: rank, device: 'cpu', ...rest }
    const own = { ...identity, every: 8, cost_ms: 2, step_ms: 202 }
    return [
      layerSampleFixture('forward_time', step, forwardMs, { ...own, phase_cpu_ms: 80 }),
      layerSampleFixture('backward_time', step, forwardMs, { ...identity, phase_cpu_ms: 90 }),
      layerSampleFixture('forward_memory', step, bytes, identity),
    ]
  })
}

const model = (rank: number) => layerModelFixture(bytes, { global_rank: rank })

test('the card of one rank: shares that add up, what is outside, and what measuring costs', async () => {
  const payload = await section(storeOf({ models: [model(0)], samples: steps(0) }))
  expect(payload?.card).toMatchInlineSnapshot(`
    "Layers: where forward and backward go
    Layer                  Params   Forward  Backward   Share         Memory
    ------------------------------------------------------------------------
    head                   3.00KB    12.2ms    12.2ms   14.4%  ████   6.00KB
    …ers.2.self_attention  1.05MB    6.00ms    6.00ms    7.1%  ██     2.10MB
    …ers.5.self_attention  1.05MB    6.00ms    6.00ms    7.1%  ██     2.10MB
    …ers.8.self_attention  1.05MB    6.00ms    6.00ms    7.0%  ██     2.10MB
    …rs.11.self_attention  1.05MB    6.00ms    6.00ms    7.0%  ██     2.10MB
    …ers.1.self_attention  1.05MB    5.00ms    5.00ms    5.9%  ██     2.10MB
    …ers.4.self_attention  1.05MB    5.00ms    5.00ms    5.9%  ██     2.10MB
    …ers.7.self_attention  1.05MB    5.00ms    5.00ms    5.9%  ██     2.10MB
    …rs.10.self_attention  1.05MB    5.00ms    5.00ms    5.9%  ██     2.10MB
    …ers.0.self_attention  1.05MB    4.00ms    4.00ms    4.7%  █      2.10MB
    …ers.3.self_attention  1.05MB    4.00ms    4.00ms    4.7%  █      2.10MB
    …ers.6.self_attention  1.05MB    4.00ms    4.00ms    4.7%  █      2.10MB
    …ers.9.self_attention  1.05MB    4.00ms    4.00ms    4.7%  █      2.10MB
    Outside of layers                7.75ms    17.8ms   15.0%  ████
    Total                  12.6MB    80.0ms    90.0ms  100.0%         25.2MB
    Means of 3 sampled steps, lastly 1 in 8; the host's clock, device cpu.
    Measuring them costs 0.1% of step time."
  `)
  expect(payload?.diagnosis).toMatchObject({ kind: 'NORMAL', severity: 'info' })
  expect(payload?.global.average).toMatchObject({ forward_ms: 80, backward_ms: 90 })
  const shares = [...(payload?.card ?? '').matchAll(/(\d+\.\d)% (?!of)/g)].map(([, share]) =>
    Number(share),
  )
  expect(shares).toHaveLength(15)
  // Fourteen lines, and their sum.
  expect(shares.slice(0, -1).reduce((sum, share) => sum + Math.round(10 * share), 0)).toBe(1000)
})

test('several ranks: the worst of each layer, and who is missing', async () => {
  const slow = steps(1).map((row) => ({
    ...row,
    values: row.values.map((value) => (value ?? 0) * 2),
  }))
  const window = { models: [model(0), model(1)], samples: [...steps(0), ...slow] }
  const payload = await section(storeOf(window, 3))
  expect(payload?.card).toMatch(/Slow +Memory/)
  expect(payload?.card).toMatch(/head +3\.00KB +24\.5ms +24\.5ms +\d+\.\d% +r1/)
  expect(payload?.card).toContain('- No sampled step of rank 2.')
  expect(payload?.groups.rows).toMatchObject({
    0: { metrics: { forward_ms: 80 }, identity: { world_size: 3 } },
    1: { metrics: { layers_ms: 289 } },
  })
  expect(payload?.details?.layers).toMatchObject({ ranks_used: [0, 1], ranks_missing: [2] })
})

test('rows of other producers, which say nothing of phases', async () => {
  const samples = [layerSampleFixture('forward_time', 1, { fc1: 2, act: 1 })]
  const models = [layerModelFixture({ fc1: 576, fc2: 272 })]
  const payload = await section(storeOf({ models, samples }))
  expect(payload?.card).toMatch(/fc1 +576B +2\.00ms +n\/a +66\.7% +█+ +576B/)
  expect(payload?.card).toMatch(/fc2 +272B +n\/a +n\/a +n\/a +272B/)
  expect(payload?.card).not.toContain('Outside of layers')
  expect(payload?.card).toMatch(/Total +848B +3\.00ms +n\/a +100\.0% +848B/)
})

test('parameters before any step was sampled', async () => {
  const payload = await section(
    storeOf({ models: [layerModelFixture({ fc1: 750, fc2: 250 })], samples: [] }),
  )
  expect(payload?.diagnosis.kind).toBe('NO_DATA')
  expect(payload?.card).toMatch(
    /Layers: parameters[\s\S]*fc1 +750B +75\.0%[\s\S]*No step was sampled\./,
  )
})

test.each([null, { models: [], samples: [] }])(
  'a run without layers has no section',
  async (window) => {
    expect(await section(storeOf(window))).toBeNull()
  },
)
