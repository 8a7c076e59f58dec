import type { JsonObject, LayerModelFact, LayerStepFact, Sampler } from '@traceml/contracts'
import { LAYER_TOPIC } from '@traceml/contracts'
import { checkSampler, createFactSourceFixture } from '@traceml/testing'
import { expect, test } from 'vitest'
import { createLayerMemorySampler } from './layer-memory.js'
import {
  createLayerBackwardMemorySampler,
  createLayerBackwardTimeSampler,
  createLayerForwardMemorySampler,
  createLayerForwardTimeSampler,
} from './layer-pass.js'
import { modelSignature } from './signature.js'

const MODEL: LayerModelFact = {
  type: 'model',
  model_index: 0,
  model_name: 'net',
  layers: ['fc1', 'act', 'drop', 'fc2'],
  layer_types: ['Linear', 'ReLU', null, 'Linear'],
  layer_bytes: [576, 0, 0, 272],
  layer_trainable_bytes: [576, 0, 0, 0],
}

const STEP: LayerStepFact = {
  type: 'step',
  model_index: 0,
  step: 8,
  ts: 1_760_000_000.5,
  device: 'cpu',
  forward: {
    layers: ['fc1', 'act', 'drop', 'fc2'],
    cpu_ms: [3, 1, 0.5, 2],
    gpu_ms: [null, null, 0.25, null],
    n_calls: [1, 2, 1, 1],
    bytes: [320, 320, null, 80],
    phase_cpu_ms: 7,
    phase_gpu_ms: null,
  },
  backward: {
    layers: ['fc2', 'fc1'],
    cpu_ms: [4, 6],
    gpu_ms: [null, null],
    n_calls: [1, 1],
    bytes: [80, 320],
    phase_cpu_ms: 12,
    phase_gpu_ms: null,
  },
  every: 4,
  cost_ms: 0.2,
  step_ms: 25,
}

const rowsOf = (factory: () => Sampler, ...facts: readonly JsonObject[]) =>
  checkSampler(() => {
    // Each life of the check gets a source of its own, as each process has one.
    const source = createFactSourceFixture(LAYER_TOPIC, facts)
    const sampler = factory()
    return { ...sampler, start: (context) => sampler.start?.({ ...context, facts: source }) }
  })

test.each([
  ['a model', ['fc1', 'fc2'], [576, 272], '6929ac1edf296161eb81e500a2ce629b'],
  ['names are sorted', ['fc2', 'fc1'], [100, 400], '2cc7a08dd69ab2bd78a18e76d624b677'],
  [
    'layers without parameters do not count',
    ['act', 'fc2', 'fc1', 'drop'],
    [0, 272, 576, 0],
    '6929ac1edf296161eb81e500a2ce629b',
  ],
])('the signature: %s', (_case, layers, bytes, signature) => {
  expect(modelSignature(layers, bytes)).toBe(signature)
})

test('a model is one row, its layers in their order; the same one again is none', async () => {
  const rows = await rowsOf(createLayerMemorySampler, MODEL, MODEL, { ...MODEL, model_index: 1 })
  expect(rows).toEqual([
    {
      table: 'LayerMemoryTable',
      row: {
        seq: 1,
        ts: expect.any(Number),
        model_index: 0,
        model_signature: '6929ac1edf296161eb81e500a2ce629b',
        total_param_bytes: 848,
        layer_count: 4,
        layers: ['fc1', 'act', 'drop', 'fc2'],
        layer_bytes: [576, 0, 0, 272],
        model_name: 'net',
        layer_types: ['Linear', 'ReLU', null, 'Linear'],
        layer_trainable_bytes: [576, 0, 0, 0],
      },
    },
    { table: 'LayerMemoryTable', row: expect.objectContaining({ model_index: 1 }) },
  ])
})

test('a layer that is frozen later is a further row', async () => {
  const frozen = { ...MODEL, layer_trainable_bytes: [0, 0, 0, 0] }
  const rows = await rowsOf(createLayerMemorySampler, MODEL, frozen, frozen, MODEL)
  expect(rows.map(({ row }) => row['layer_trainable_bytes'])).toEqual([
    [576, 0, 0, 0],
    [0, 0, 0, 0],
    [576, 0, 0, 0],
  ])
})

test('times of both passes; what the profile costs is with the forward ones', async () => {
  const start = { seq: 1, ts: 1_760_000_000.5, model_id: 0, step: 8, device: 'cpu' }
  expect(await rowsOf(createLayerForwardTimeSampler, MODEL, STEP)).toEqual([
    {
      table: 'LayerForwardTimeTable',
      row: {
        ...start,
        layers: ['act', 'drop', 'fc1', 'fc2'],
        cpu_ms: [1, 0.5, 3, 2],
        gpu_ms: [null, 0.25, null, null],
        n_calls: [2, 1, 1, 1],
        phase_cpu_ms: 7,
        phase_gpu_ms: null,
        every: 4,
        cost_ms: 0.2,
        step_ms: 25,
      },
    },
  ])
  expect(await rowsOf(createLayerBackwardTimeSampler, MODEL, STEP)).toEqual([
    {
      table: 'LayerBackwardTimeTable',
      row: {
        ...start,
        layers: ['fc1', 'fc2'],
        cpu_ms: [6, 4],
        gpu_ms: [null, null],
        n_calls: [1, 1],
        phase_cpu_ms: 12,
        phase_gpu_ms: null,
      },
    },
  ])
})

test('bytes of both passes; layers without a figure are left out', async () => {
  const start = { seq: 1, ts: 1_760_000_000.5, model_id: 0, step: 8, device: 'cpu' }
  expect(await rowsOf(createLayerForwardMemorySampler, STEP)).toEqual([
    {
      table: 'LayerForwardMemoryTable',
      row: { ...start, layers: ['act', 'fc1', 'fc2'], layer_bytes: [320, 320, 80] },
    },
  ])
  expect(await rowsOf(createLayerBackwardMemorySampler, STEP)).toEqual([
    {
      table: 'LayerBackwardMemoryTable',
      row: { ...start, layers: ['fc1', 'fc2'], layer_bytes: [320, 80] },
    },
  ])
})

test('a pass that could not be followed has no rows', async () => {
  const forwardOnly = { ...STEP, backward: null }
  expect(await rowsOf(createLayerBackwardTimeSampler, forwardOnly)).toEqual([])
  expect(await rowsOf(createLayerBackwardMemorySampler, forwardOnly)).toEqual([])
  expect(await rowsOf(createLayerForwardTimeSampler, forwardOnly)).toHaveLength(1)
})

test('times count rows, bytes count ticks', async () => {
  const next = { ...STEP, step: 12 }
  const seq = async (factory: () => Sampler) =>
    (await rowsOf(factory, STEP, next)).map(({ row }) => row['seq'])
  expect(await seq(createLayerForwardTimeSampler)).toEqual([1, 2])
  expect(await seq(createLayerForwardMemorySampler)).toEqual([1, 1])
})

test.each([
  ['nothing', {}],
  ['another type', { ...STEP, type: 'calls' }],
  ['no step', { ...STEP, step: null }],
  ['a step that is no count', { ...STEP, step: 1.5 }],
  ['no time', { ...STEP, ts: 'now' }],
  ['no forward pass', { ...STEP, forward: null }],
  ['layers that are no list', { ...STEP, forward: { ...STEP.forward, layers: 'fc1' } }],
  ['fewer times than layers', { ...STEP, forward: { ...STEP.forward, cpu_ms: [1] } }],
  ['a time that is no number', { ...STEP, forward: { ...STEP.forward, cpu_ms: [1, 2, null, 4] } }],
])('a malformed step costs itself only: %s', async (_case, fact) => {
  const rows = await rowsOf(createLayerForwardTimeSampler, fact as JsonObject, STEP)
  expect(rows.map(({ row }) => row['step'])).toEqual([8])
})

test('what is optional in a step may be missing', async () => {
  const { every: _every, ...step } = STEP
  const { gpu_ms: _gpu, bytes: _bytes, ...forward } = STEP.forward
  const facts = [{ ...step, forward, backward: 'none' } as unknown as JsonObject]
  const [time] = await rowsOf(createLayerForwardTimeSampler, ...facts)
  expect(time?.row).toMatchObject({ gpu_ms: [null, null, null, null], every: null })
  expect(await rowsOf(createLayerForwardMemorySampler, ...facts)).toEqual([])
})

test.each([
  ['no layers', { ...MODEL, layers: null }],
  ['fewer bytes than layers', { ...MODEL, layer_bytes: [1] }],
  ['no index', { ...MODEL, model_index: -1 }],
])('a malformed model costs itself only: %s', async (_case, fact) => {
  const rows = await rowsOf(createLayerMemorySampler, fact as JsonObject, MODEL)
  expect(rows).toHaveLength(1)
})

test('a process without facts has no rows', async () => {
  expect(await checkSampler(createLayerMemorySampler)).toEqual([])
  expect(await checkSampler(createLayerForwardTimeSampler)).toEqual([])
})
