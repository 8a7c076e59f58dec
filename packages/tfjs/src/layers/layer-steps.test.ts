import { layer, phase, traceStep } from '@traceml/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DeepRuntime, startDeepRuntime } from '../../test/deep-runtime.js'
import { byLayer, sumOf } from '../../test/layer-facts.js'
import { type Batch, type Model, type Tensor, tf } from '../../test/tensorflow.js'
import { CLASSES, FEATURES, makeModel, makeTensors, weightsOf } from '../../test/training.js'

let deep: DeepRuntime

beforeEach(async () => {
  await tf.setBackend('cpu')
  deep = await startDeepRuntime()
})

afterEach(() => {
  deep.stop()
})

/** Numbers of the steps that layers were measured in, and each layer's calls in them. */
function callsByStep(): { step: number; forward: object; backward: object }[] {
  return deep.read().steps.map(({ step, forward, backward }) => ({
    step,
    forward: byLayer(forward, 'n_calls'),
    backward: byLayer(backward, 'n_calls'),
  }))
}

function expectOnceEach(model: Model, steps: number): void {
  const once = Object.fromEntries(model.layers.map(({ name }) => [name, 1]))
  const expected = Array.from({ length: steps }, (_, index) => ({
    step: index + 1,
    forward: once,
    backward: once,
  }))
  expect(callsByStep()).toEqual(expected)
}

describe('which calls belong to a step', () => {
  test('fit with validation', async () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(60)
    await model.fit(xs, ys, { epochs: 2, batchSize: 10, verbose: 0, validationSplit: 0.5 })
    expectOnceEach(model, 6)
  })

  test('fitDataset with validation', async () => {
    const model = makeModel()
    const batches = (): object =>
      tf.data.generator<Batch>(async function* () {
        for (let i = 0; i < 3; i++) yield makeTensors(8, i)
      })
    await model.fitDataset(batches(), { epochs: 2, verbose: 0, validationData: batches() })
    expectOnceEach(model, 6)
  })

  test('trainOnBatch, with evaluations and predictions between', async () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(16)
    for (let i = 0; i < 4; i++) {
      await model.trainOnBatch(xs, ys)
      if (i === 1) model.evaluate(xs, ys)
      if (i === 1) model.predict(xs)
    }
    expectOnceEach(model, 4)
  })

  test('minimize of a loss that applies or predicts a model', () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(16)
    const optimizer = tf.train.sgd(0.01)
    const loss = (output: Tensor): Tensor => output.sub(ys).square().mean()
    for (let i = 0; i < 2; i++) {
      optimizer.minimize(() => loss(model.apply(xs)))
      model.apply(xs)
      optimizer.minimize(() => loss(model.predict(xs)))
    }
    expectOnceEach(model, 4)
  })

  test('layers that belong to no model', () => {
    const one = tf.layers.dense({ units: 4, name: 'one' })
    const two = tf.layers.dense({ units: CLASSES, name: 'two' })
    const { xs, ys } = makeTensors(16)
    one.apply(xs)
    two.apply(one.apply(xs))
    const optimizer = tf.train.sgd(0.01)
    for (let i = 0; i < 2; i++) {
      const output = (): Tensor => two.apply(one.apply(xs))
      optimizer.minimize(() => output().sub(ys).square().mean())
    }
    const { models, steps } = deep.read()
    expect(models).toHaveLength(1)
    expect(models[0]).toMatchObject({
      model_name: null,
      layers: ['one', 'two'],
      layer_bytes: [(FEATURES + 1) * 16, 5 * CLASSES * 4],
    })
    expect(steps).toHaveLength(2)
  })

  test('a prediction that every step needs is a forward pass of the step', () => {
    const generator = makeModel()
    const { xs, ys } = makeTensors(16)
    const w = tf.variable(tf.fill([CLASSES, CLASSES], 0.1))
    const optimizer = tf.train.sgd(0.01)
    for (let i = 0; i < 4; i++) {
      const fake = generator.predict(xs)
      optimizer.minimize(() => fake.matMul(w).sub(ys).square().mean(), false, [w])
    }
    const { steps } = deep.read()
    // The first comes before any step: nobody knows yet that it is one of many.
    expect(steps.map(({ step }) => step)).toEqual([2, 3, 4])
    for (const { forward } of steps) {
      expect(forward.layers).toEqual(generator.layers.map(({ name }) => name))
      expect(sumOf(forward.cpu_ms)).toBeLessThanOrEqual(forward.phase_cpu_ms!)
    }
  })

  test('traceStep: what is called within, and no evaluation', async () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(16)
    const optimizer = tf.train.sgd(0.01)
    for (let i = 0; i < 3; i++) {
      await traceStep(async () => {
        await null
        optimizer.minimize(() => model.apply(xs).sub(ys).square().mean())
        model.evaluate(xs, ys)
      })
      model.apply(xs)
    }
    expectOnceEach(model, 3)
  })

  test('traceStep: a forward pass in a phase of the SDK', () => {
    const model = makeModel()
    const { xs } = makeTensors(16)
    for (let i = 0; i < 2; i++) traceStep(() => phase('forward', () => model.predict(xs)))
    const { steps } = deep.read()
    expect(steps).toHaveLength(2)
    expect(steps[0]!.forward.layers).toHaveLength(2)
    expect(steps[0]!.forward.phase_cpu_ms).toBeGreaterThanOrEqual(sumOf(steps[0]!.forward.cpu_ms))
    expect(steps[0]!.backward).toBeNull()
  })

  test('accumulated gradients: one step with all calls', () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(16)
    const optimizer = tf.train.sgd(0.01)
    const gradients = () => tf.variableGrads(() => model.apply(xs).sub(ys).square().mean()).grads
    optimizer.applyGradients(gradients())
    gradients()
    gradients()
    optimizer.applyGradients(gradients())
    const calls = callsByStep()
    expect(calls.map(({ step }) => step)).toEqual([1, 2])
    expect(Object.values(calls[1]!.forward)).toEqual([3, 3])
    expect(Object.values(calls[1]!.backward)).toEqual([3, 3])
  })

  test('gradient calls that turn out to be steps: none is measured before that is known', () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(16)
    for (let i = 0; i < 10; i++) tf.variableGrads(() => model.apply(xs).sub(ys).square().mean())
    const calls = callsByStep()
    expect(calls.map(({ step }) => step)).toEqual([9, 10])
    for (const { forward } of calls) expect(Object.values(forward)).toEqual([1, 1])
  })

  test('a step that throws is discarded, with all that was measured', () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(16)
    const optimizer = tf.train.sgd(0.01)
    const train = (fails: boolean): void => {
      optimizer.minimize(() => {
        const output = model.apply(xs)
        if (fails) throw new Error('broken loss')
        return output.sub(ys).square().mean()
      })
    }
    train(false)
    expect(() => train(true)).toThrow('broken loss')
    train(false)
    expectOnceEach(model, 2)
  })

  test('a layer that throws is closed', () => {
    const { xs, ys } = makeTensors(16)
    const w = tf.variable(tf.fill([FEATURES, CLASSES], 0.1))
    const optimizer = tf.train.sgd(0.01)
    const broken = layer('broken', (): Tensor => {
      throw new Error('broken layer')
    })
    const fine = layer('fine', (x: Tensor) => x.matMul(w))
    optimizer.minimize(() => {
      expect(() => broken()).toThrow('broken layer')
      return fine(xs).sub(ys).square().mean()
    })
    expect(deep.read().models.at(-1)!.layers).toEqual(['broken', 'fine'])
  })
})

describe('what the program sees', () => {
  /** Trains models of several kinds; what they have learned, and how many tensors are left. */
  async function train(): Promise<{ losses: number[][]; weights: number[][][]; tensors: object }> {
    const before = tf.memory()
    const losses: number[][] = []
    const weights: number[][][] = []
    const { xs, ys } = makeTensors(30)
    const model = makeModel('adam')
    const history = await model.fit(xs, ys, {
      epochs: 3,
      batchSize: 10,
      verbose: 0,
      shuffle: false,
    })
    losses.push(history.history['loss']!)
    weights.push(weightsOf(model))
    const recurrent = tf.sequential({
      layers: [
        tf.layers.bidirectional({
          layer: tf.layers.lstm({
            units: 3,
            returnSequences: true,
            kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
            recurrentInitializer: tf.initializers.glorotUniform({ seed: 2 }),
          }),
          inputShape: [4, FEATURES / 4],
        }),
        tf.layers.dropout({ rate: 0.3, seed: 5 }),
        tf.layers.batchNormalization({}),
        tf.layers.flatten({}),
        tf.layers.dense({
          units: CLASSES,
          kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
        }),
      ],
    })
    recurrent.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    const sequences = tf.tidy(() => tf.randomUniform([30, 4, FEATURES / 4], 0, 1, 'float32', 7))
    for (let i = 0; i < 3; i++) {
      losses.push([await recurrent.trainOnBatch(sequences, ys)].flat())
    }
    weights.push(weightsOf(recurrent))
    const w = tf.variable(tf.tidy(() => tf.fill([FEATURES, CLASSES], 0.1)))
    const linear = layer('linear', (x: Tensor) => tf.tidy(() => tf.keep(x.matMul(w)).clone()))
    const optimizer = tf.train.sgd(0.1)
    for (let i = 0; i < 3; i++) {
      const cost = optimizer.minimize(() => linear(xs).sub(ys).square().mean(), true, [w])!
      losses.push(Array.from(cost.dataSync()))
      tf.dispose(cost)
    }
    const { numTensors, numBytes, numDataBuffers } = tf.memory()
    return {
      losses,
      weights,
      tensors: {
        numTensors: numTensors - before.numTensors,
        numBytes: numBytes - before.numBytes,
        numDataBuffers: numDataBuffers - before.numDataBuffers,
      },
    }
  }

  test('losses, weights and tensors are the same, bit by bit', async () => {
    const measured = await train()
    expect(deep.read().steps.length).toBeGreaterThanOrEqual(15)
    deep.stop()
    const plain = await train()
    expect(measured).toEqual(plain)
    expect(plain.losses.flat().every(Number.isFinite)).toBe(true)
  })

  test('every method is put back', async () => {
    const model = makeModel()
    const rnn = tf.sequential({
      layers: [
        tf.layers.lstm({ units: 2, inputShape: [2, FEATURES] }),
        tf.layers.dense({ units: 2 }),
      ],
    })
    rnn.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    await rnn.trainOnBatch(tf.fill([2, 2, FEATURES], 1), tf.zeros([2, 2]))
    const { cell } = rnn.layers[0] as unknown as { cell: object }
    expect(Object.hasOwn(cell, 'call')).toBe(true)
    const hooked = model.apply
    deep.stop()
    expect(Object.hasOwn(cell, 'call')).toBe(false)
    expect(model.apply).not.toBe(hooked)
    const json = JSON.stringify(rnn.toJSON(null, false))
    expect(json).not.toContain('traceml')
  })
})
