import { layer } from '@traceml/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DeepRuntime, startDeepRuntime } from '../../test/deep-runtime.js'
import { byLayer, parametersOf } from '../../test/layer-facts.js'
import { type Layer, type Model, type Tensor, tf } from '../../test/tensorflow.js'
import { CLASSES, FEATURES, makeTensors, work } from '../../test/training.js'

let deep: DeepRuntime

beforeEach(async () => {
  await tf.setBackend('cpu')
  deep = await startDeepRuntime()
})

afterEach(() => {
  deep.stop()
})

const ROWS = 6
const TIME = 5

/** One step of a compiled model on random inputs of the given shape; what was published. */
async function trainOnce(model: Model, shape: number[] = [FEATURES]) {
  const xs = tf.randomUniform([ROWS, ...shape], 0, 1, 'float32', 1)
  const ys = tf.zeros([ROWS, CLASSES])
  if (!('optimizer' in model) || model.optimizer === undefined)
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  await model.trainOnBatch(xs, ys)
  const { models, steps } = deep.read()
  expect(steps).toHaveLength(1)
  return { model: models.at(-1)!, step: steps[0]!, models }
}

const dense = (name: string, units = CLASSES, options: object = {}): Layer =>
  tf.layers.dense({ units, name, ...options })

describe('models', () => {
  test('nested: the inner path is under the outer, parameters are counted once', async () => {
    const inner = tf.sequential({
      layers: [dense('a', 4, { inputShape: [FEATURES] }), dense('b', 4)],
      name: 'inner',
    })
    const input = tf.input({ shape: [FEATURES] })
    const output = dense('head').apply(inner.apply(input))
    const outer = tf.model({ inputs: input, outputs: output, name: 'outer' })
    const { model, step } = await trainOnce(outer)
    expect(model.model_name).toBe('outer')
    expect(parametersOf(model)).toEqual({
      inner: [0, 0],
      'inner.a': [(FEATURES + 1) * 4 * 4, (FEATURES + 1) * 4 * 4],
      'inner.b': [5 * 4 * 4, 5 * 4 * 4],
      head: [5 * CLASSES * 4, 5 * CLASSES * 4],
    })
    expect(byLayer(step.forward, 'n_calls')).toEqual({
      inner: 1,
      'inner.a': 1,
      'inner.b': 1,
      head: 1,
    })
    // What the inner model returns was made by its last layer.
    expect(byLayer(step.forward, 'bytes')).toMatchObject({ inner: 0, 'inner.b': ROWS * 4 * 4 })
    expect(Object.keys(byLayer(step.backward, 'n_calls'))).toEqual(['inner.a', 'inner.b', 'head'])
  })

  test('a Sequential that begins with a model calls its layers without it', async () => {
    const inner = tf.sequential({ layers: [dense('a', 4, { inputShape: [FEATURES] })], name: 'in' })
    const outer = tf.sequential({ layers: [inner as Layer, dense('head')], name: 'out' })
    const { model, step } = await trainOnce(outer)
    expect(model.layers).toEqual(['in', 'in.a', 'head'])
    expect(byLayer(step.forward, 'n_calls')).toEqual({ 'in.a': 1, head: 1 })
  })

  test('a shared layer is one, with every call', async () => {
    const shared = dense('shared', FEATURES)
    const input = tf.input({ shape: [FEATURES] })
    const output = dense('head').apply(shared.apply(shared.apply(input)))
    const { model, step } = await trainOnce(tf.model({ inputs: input, outputs: output }))
    expect(parametersOf(model)['shared']).toEqual([
      (FEATURES + 1) * FEATURES * 4,
      (FEATURES + 1) * FEATURES * 4,
    ])
    expect(byLayer(step.forward, 'n_calls')).toEqual({ shared: 2, head: 1 })
    expect(byLayer(step.backward, 'n_calls')).toEqual({ shared: 2, head: 1 })
    expect(byLayer(step.forward, 'bytes')['shared']).toBe(ROWS * FEATURES * 4)
    expect(byLayer(step.backward, 'bytes')['shared']).toBe(ROWS * FEATURES * 4)
  })

  test('several inputs and outputs', async () => {
    const input = tf.input({ shape: [FEATURES] })
    const left = dense('left', 3).apply(input)
    const right = dense('right', 4).apply(input)
    const joined = tf.layers.concatenate({ name: 'joined' }).apply([left, right])
    const outputs = [dense('one').apply(joined), dense('two').apply(joined)]
    const model = tf.model({ inputs: input, outputs })
    model.compile({ optimizer: 'sgd', loss: ['meanSquaredError', 'meanSquaredError'] })
    const xs = tf.fill([ROWS, FEATURES], 1)
    const ys = [tf.zeros([ROWS, CLASSES]), tf.zeros([ROWS, CLASSES])]
    await model.trainOnBatch(xs, ys as unknown as Tensor)
    const { steps } = deep.read()
    const calls = { left: 1, right: 1, joined: 1, one: 1, two: 1 }
    expect(byLayer(steps[0]!.forward, 'n_calls')).toEqual(calls)
    expect(byLayer(steps[0]!.backward, 'n_calls')).toEqual(calls)
    expect(byLayer(steps[0]!.forward, 'bytes')).toMatchObject({ joined: ROWS * 7 * 4 })
    expect(byLayer(steps[0]!.backward, 'bytes')).toMatchObject({ joined: ROWS * 7 * 4 })
  })

  test('frozen layers: nothing of them is trained, and a change is published', async () => {
    const model = tf.sequential({
      layers: [dense('a', 4, { inputShape: [FEATURES], trainable: false }), dense('b')],
    })
    const first = await trainOnce(model)
    const bytes = (FEATURES + 1) * 4 * 4
    expect(parametersOf(first.model)).toMatchObject({ a: [bytes, 0], b: [40, 40] })
    // The gradient of a frozen first layer is never computed.
    expect(Object.keys(byLayer(first.step.backward, 'n_calls'))).toEqual(['b'])
    await model.trainOnBatch(tf.fill([ROWS, FEATURES], 1), tf.zeros([ROWS, CLASSES]))
    expect(deep.read().models).toEqual([])
    model.layers[0]!.trainable = true
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    await model.trainOnBatch(tf.fill([ROWS, FEATURES], 1), tf.zeros([ROWS, CLASSES]))
    const { models, steps } = deep.read()
    expect(models.map(parametersOf)).toMatchObject([{ a: [bytes, bytes], b: [40, 40] }])
    expect(Object.keys(byLayer(steps[0]!.backward, 'n_calls'))).toEqual(['a', 'b'])
  })

  test('normalisation, dropout, embedding, flatten', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 10, outputDim: 3, inputLength: TIME, name: 'words' }),
        tf.layers.flatten({ name: 'flat' }),
        tf.layers.batchNormalization({ name: 'norm' }),
        tf.layers.dropout({ rate: 0.5, name: 'drop', seed: 3 }),
        dense('head'),
      ],
    })
    const { model: fact, step } = await trainOnce(model, [TIME])
    expect(fact.layer_types).toEqual([
      'Embedding',
      'Flatten',
      'BatchNormalization',
      'Dropout',
      'Dense',
    ])
    const width = TIME * 3
    expect(parametersOf(fact)).toEqual({
      words: [10 * 3 * 4, 10 * 3 * 4],
      flat: [0, 0],
      // Moving mean and variance are not trained.
      norm: [4 * width * 4, 2 * width * 4],
      drop: [0, 0],
      head: [(width + 1) * CLASSES * 4, (width + 1) * CLASSES * 4],
    })
    const once = { words: 1, flat: 1, norm: 1, drop: 1, head: 1 }
    expect(byLayer(step.forward, 'n_calls')).toEqual(once)
    expect(byLayer(step.backward, 'n_calls')).toEqual(once)
  })

  test('two models that train in turns, one inside the other', async () => {
    const generator = tf.sequential({
      layers: [dense('g', FEATURES, { inputShape: [FEATURES] })],
      name: 'generator',
    })
    const discriminator = tf.sequential({
      layers: [dense('d', CLASSES, { inputShape: [FEATURES] })],
      name: 'discriminator',
    })
    discriminator.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    const input = tf.input({ shape: [FEATURES] })
    const gan = tf.model({
      inputs: input,
      outputs: discriminator.apply(generator.apply(input)),
      name: 'gan',
    })
    for (const part of discriminator.layers) part.trainable = false
    gan.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    const { xs, ys } = makeTensors(ROWS)
    for (let i = 0; i < 2; i++) {
      for (const part of discriminator.layers) part.trainable = true
      await discriminator.trainOnBatch(xs, ys)
      for (const part of discriminator.layers) part.trainable = false
      await gan.trainOnBatch(xs, ys)
    }
    const { models, steps } = deep.read()
    expect(
      models.map(({ model_index, model_name, layers }) => [model_index, model_name, layers]),
    ).toEqual([
      [0, 'discriminator', ['d']],
      [1, 'gan', ['generator', 'generator.g', 'discriminator', 'discriminator.d']],
    ])
    // The discriminator's parameters belong to the model that they were met in first.
    expect(parametersOf(models[1]!)['discriminator.d']).toEqual([0, 0])
    expect(steps.map(({ step, model_index }) => [step, model_index])).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 1],
    ])
  })
})

describe('recurrent layers and wrappers', () => {
  const once = (name: string, layers: Layer[]): Model =>
    tf.sequential({ layers: [...layers, dense('head')], name })

  test('LSTM: the cell is called once per time step', async () => {
    const lstm = tf.layers.lstm({ units: 3, inputShape: [TIME, FEATURES], name: 'lstm' })
    const { model, step } = await trainOnce(once('r', [lstm]), [TIME, FEATURES])
    const [, cell] = model.layers as [string, string]
    expect(model.layers).toEqual(['lstm', cell, 'head'])
    expect(cell).toMatch(/^lstm\./)
    expect(model.layer_types).toEqual(['LSTM', 'LSTMCell', 'Dense'])
    const bytes = 4 * 3 * (FEATURES + 3 + 1) * 4
    expect(parametersOf(model)).toMatchObject({ lstm: [0, 0], [cell]: [bytes, bytes] })
    expect(byLayer(step.forward, 'n_calls')).toMatchObject({ lstm: 1, [cell]: TIME, head: 1 })
    expect(byLayer(step.backward, 'n_calls')).toMatchObject({ [cell]: TIME, head: 1 })
    // It returns its output, and the two states: one is the output again.
    expect(byLayer(step.forward, 'bytes')[cell]).toBe(2 * ROWS * 3 * 4)
  })

  test('stacked cells, and an RNN that returns sequences into a GRU', async () => {
    const cells = ['one', 'two'].map((name) => tf.layers.lstmCell({ units: 3, name }))
    const cell = tf.layers.stackedRNNCells({ cells, name: 'both' })
    const rnn = tf.layers.rnn({
      cell,
      returnSequences: true,
      inputShape: [TIME, FEATURES],
      name: 'rnn',
    })
    const gru = tf.layers.gru({ units: 2, name: 'gru' })
    const { model, step } = await trainOnce(once('s', [rnn, gru]), [TIME, FEATURES])
    expect(model.layers.slice(0, 4)).toEqual(['rnn', 'rnn.both', 'rnn.both.one', 'rnn.both.two'])
    const calls = byLayer(step.forward, 'n_calls')
    expect(calls).toMatchObject({ rnn: 1, 'rnn.both': TIME, 'rnn.both.two': TIME, gru: 1 })
    const bytes = 4 * 3 * (FEATURES + 3 + 1) * 4
    expect(parametersOf(model)['rnn.both.one']).toEqual([bytes, bytes])
    expect(parametersOf(model)['rnn.both']).toEqual([0, 0])
  })

  test('TimeDistributed calls its layer, Bidirectional its two', async () => {
    const timed = tf.layers.timeDistributed({
      layer: dense('inner', 3),
      inputShape: [TIME, FEATURES],
      name: 'timed',
    })
    const both = tf.layers.bidirectional({
      layer: tf.layers.lstm({ units: 2, name: 'lstm' }),
      mergeMode: 'concat',
      name: 'both',
    } as object)
    const { model, step } = await trainOnce(once('w', [timed, both]), [TIME, FEATURES])
    expect(model.layers.slice(0, 2)).toEqual(['timed', 'timed.inner'])
    expect(model.layer_types.filter((type) => type === 'LSTMCell')).toHaveLength(2)
    const calls = byLayer(step.forward, 'n_calls')
    expect(calls).toMatchObject({ timed: 1, 'timed.inner': TIME, both: 1 })
    const directions = model.layers.filter((path) => /^both\.[^.]+$/.test(path))
    expect(directions).toHaveLength(2)
    for (const path of directions) expect(calls[path]).toBe(1)
    const total = model.layer_bytes.reduce((sum, bytes) => sum + bytes, 0)
    const whole = (FEATURES + 1) * 3 * 4 + 2 * 4 * 2 * (3 + 2 + 1) * 4 + (4 + 1) * CLASSES * 4
    expect(total).toBe(whole)
  })
})

describe('layers of the program', () => {
  /** A layer that calls layers of its own, and burns time. */
  class Residual extends tf.layers.Layer {
    static readonly className = 'Residual'
    readonly inside: Layer = dense('inside', FEATURES)
    computeOutputShape(shape: number[]): number[] {
      return shape
    }
    call(inputs: Tensor | Tensor[]): Tensor {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs
      return tf.tidy(() => this.inside.apply(x).add(x))
    }
  }

  test('a layer that applies layers of its own', async () => {
    const model = tf.sequential({
      layers: [new Residual({ name: 'res', inputShape: [FEATURES] }), dense('head')],
    })
    const { model: fact, step } = await trainOnce(model)
    expect(fact.layers).toEqual(['res', 'head', 'res.inside'])
    expect(fact.layer_types).toEqual(['Residual', 'Dense', 'Dense'])
    expect(parametersOf(fact)['res.inside']?.[0]).toBe((FEATURES + 1) * FEATURES * 4)
    // The layer does not say that these are its parameters: `fit` does not train them.
    expect(byLayer(step.forward, 'n_calls')).toEqual({ res: 1, head: 1, 'res.inside': 1 })
  })

  test('a named function within a layer belongs to it', async () => {
    const scale = layer('scale', (x: Tensor) => x.mul(2))
    class Scaled extends tf.layers.Layer {
      static readonly className = 'Scaled'
      computeOutputShape(shape: number[]): number[] {
        return shape
      }
      call(inputs: Tensor[]): Tensor {
        return tf.tidy(() => scale(inputs[0]!).add(1))
      }
    }
    const model = tf.sequential({
      layers: [
        dense('first', 4, { inputShape: [FEATURES] }),
        new Scaled({ name: 'own' }),
        dense('head'),
      ],
    })
    const { model: fact, step } = await trainOnce(model)
    expect(fact.layers).toContain('own.scale')
    expect(byLayer(step.backward, 'n_calls')).toMatchObject({ own: 1, 'own.scale': 1 })
  })

  test('a gradient of its own: forward and backward time are told apart', async () => {
    const FORWARD_MS = 8
    const BACKWARD_MS = 20
    const slow = tf.customGrad((x, save) => {
      work(FORWARD_MS)
      save([x])
      return {
        value: x.square(),
        gradFunc: (dy, [saved]) => {
          work(BACKWARD_MS)
          return dy.mul(saved!.mul(2))
        },
      }
    })
    class Slow extends tf.layers.Layer {
      static readonly className = 'Slow'
      computeOutputShape(shape: number[]): number[] {
        return shape
      }
      call(inputs: Tensor[]): Tensor {
        return slow(inputs[0]!)
      }
    }
    const model = tf.sequential({
      layers: [
        dense('first', 4, { inputShape: [FEATURES] }),
        new Slow({ name: 'slow' }),
        dense('head'),
      ],
    })
    const { step } = await trainOnce(model)
    const forwardMs = byLayer(step.forward, 'cpu_ms')
    const backwardMs = byLayer(step.backward, 'cpu_ms')
    expect(forwardMs['slow']).toBeGreaterThanOrEqual(FORWARD_MS)
    expect(backwardMs['slow']).toBeGreaterThanOrEqual(BACKWARD_MS)
    expect(step.forward.phase_cpu_ms).toBeGreaterThanOrEqual(forwardMs['slow']!)
    expect(step.backward!.phase_cpu_ms).toBeGreaterThanOrEqual(backwardMs['slow']!)
  })

  test('a recursive function is one layer, with every call', () => {
    const w = tf.variable(tf.fill([4, 4], 0.1))
    const fold: (x: Tensor, depth: number) => Tensor = layer('fold', (x: Tensor, depth: number) =>
      depth === 0 ? x : fold(x.matMul(w), depth - 1),
    )
    const xs = tf.fill([ROWS, 4], 1)
    tf.train.sgd(0.01).minimize(() => fold(xs, 3).square().mean(), false, [w])
    const { models, steps } = deep.read()
    expect(models.at(-1)!.layers).toEqual(['fold'])
    expect(models.at(-1)!.layer_bytes).toEqual([4 * 4 * 4])
    expect(byLayer(steps[0]!.forward, 'n_calls')).toEqual({ fold: 4 })
    expect(byLayer(steps[0]!.backward, 'n_calls')).toEqual({ fold: 3 })
  })

  test('a gradient within the loss is forward time of its layers', () => {
    const w = tf.variable(tf.fill([FEATURES, 4], 0.1))
    const critic = layer('critic', (x: Tensor) => x.matMul(w).square())
    const xs = tf.fill([ROWS, FEATURES], 1)
    const optimizer = tf.train.sgd(0.01)
    const penalty = () =>
      tf
        .grad((x: Tensor) => critic(x))(xs)
        .square()
        .mean()
    optimizer.minimize(penalty, false, [w])
    const { steps } = deep.read()
    expect(byLayer(steps[0]!.forward, 'n_calls')).toEqual({ critic: 1 })
    expect(byLayer(steps[0]!.backward, 'n_calls')).toEqual({ critic: 1 })
    const { forward, backward } = steps[0]!
    expect(forward.phase_cpu_ms).toBeGreaterThan(forward.cpu_ms[0]!)
    expect(backward!.phase_cpu_ms).toBeGreaterThan(backward!.cpu_ms[0]!)
  })
})
