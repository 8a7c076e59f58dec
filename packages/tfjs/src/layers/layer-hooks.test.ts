import { layer, startLocalRuntime } from '@traceml/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DeepRuntime, startDeepRuntime } from '../../test/deep-runtime.js'
import { byLayer, parametersOf, sumOf } from '../../test/layer-facts.js'
import { type Tensor, tf } from '../../test/tensorflow.js'
import { CLASSES, FEATURES, makeModel, makeTensors } from '../../test/training.js'
import { loadLayerHooks } from '../load-layer-hooks.js'

let deep: DeepRuntime

beforeEach(async () => {
  await tf.setBackend('cpu')
  deep = await startDeepRuntime()
})

afterEach(() => {
  deep.stop()
})

test('outside of the deep profile nothing is loaded', async () => {
  deep.stop()
  using runtime = startLocalRuntime({ profile: 'run' })
  expect(await loadLayerHooks(runtime)).toBeNull()
  expect(runtime.layers).toBeNull()
})

describe('models of the Layers API', () => {
  test('fit: every layer of every step, within the phases', async () => {
    const model = makeModel()
    const [first, second] = model.layers.map(({ name }) => name) as [string, string]
    const { xs, ys } = makeTensors(40)
    await model.fit(xs, ys, { epochs: 2, batchSize: 10, verbose: 0 })
    const { models, steps } = deep.read()
    expect(models).toHaveLength(1)
    expect(models[0]).toMatchObject({ model_index: 0, model_name: model.name })
    expect(models[0]!.layer_types).toEqual(['Dense', 'Dense'])
    expect(parametersOf(models[0]!)).toEqual({
      [first]: [(FEATURES * 16 + 16) * 4, (FEATURES * 16 + 16) * 4],
      [second]: [(16 * CLASSES + CLASSES) * 4, (16 * CLASSES + CLASSES) * 4],
    })
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    for (const step of steps) {
      expect(step).toMatchObject({ model_index: 0, device: 'cpu', every: 1 })
      for (const pass of [step.forward, step.backward!]) {
        expect(byLayer(pass, 'n_calls')).toEqual({ [first]: 1, [second]: 1 })
        expect(byLayer(pass, 'bytes')).toEqual({ [first]: 10 * 16 * 4, [second]: 10 * CLASSES * 4 })
        expect(sumOf(pass.cpu_ms)).toBeGreaterThan(0)
        expect(sumOf(pass.cpu_ms)).toBeLessThanOrEqual(pass.phase_cpu_ms!)
      }
      expect(step.cost_ms).toBeGreaterThan(0)
      expect(step.step_ms).toBeGreaterThan(step.forward.phase_cpu_ms!)
    }
  })
})

describe('layers that are functions', () => {
  test('minimize: nested by path, forward and backward, with their variables', () => {
    const { xs, ys } = makeTensors(16)
    const w1 = tf.variable(tf.fill([FEATURES, 4], 0.1))
    const w2 = tf.variable(tf.fill([4, CLASSES], 0.1))
    const attention = layer('attention', (x: Tensor) => x.matMul(w1))
    const block = layer('block', (x: Tensor) => attention(x).matMul(w2))
    const optimizer = tf.train.sgd(0.01)
    for (let i = 0; i < 3; i++) {
      optimizer.minimize(() => block(xs).sub(ys).square().mean(), false, [w1, w2])
    }
    const { models, steps } = deep.read()
    expect(models.at(-1)).toMatchObject({
      model_index: 0,
      model_name: null,
      layer_types: [null, null],
    })
    expect(parametersOf(models.at(-1)!)).toEqual({
      block: [4 * CLASSES * 4, 4 * CLASSES * 4],
      'block.attention': [FEATURES * 4 * 4, FEATURES * 4 * 4],
    })
    expect(steps).toHaveLength(3)
    for (const { forward, backward } of steps) {
      expect(byLayer(forward, 'n_calls')).toEqual({ block: 1, 'block.attention': 1 })
      expect(byLayer(backward, 'n_calls')).toEqual({ block: 1, 'block.attention': 1 })
      expect(byLayer(forward, 'bytes')).toEqual({
        block: 16 * CLASSES * 4,
        'block.attention': 16 * 4 * 4,
      })
      expect(byLayer(backward, 'bytes')).toEqual(byLayer(forward, 'bytes'))
    }
  })
})
