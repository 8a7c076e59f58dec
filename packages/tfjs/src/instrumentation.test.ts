import { PHASE_EVENTS, type Phase } from '@traceml/contracts'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createMemoryRecorder,
  type MemoryRecorder,
  type MemoryStep,
  phaseCalls,
  phaseMs,
} from '../test/memory-recorder.js'
import { type Batch, type Dataset, type Gradients, type Tensor, tf } from '../test/tensorflow.js'
import {
  delay,
  FEATURES,
  makeLinear,
  makeModel,
  makeTensors,
  weightsOf,
  work,
} from '../test/training.js'
import { instrumentTensorFlow } from './instrument-tensorflow.js'

let recorder: MemoryRecorder
let uninstall: () => void

beforeAll(async () => {
  await tf.setBackend('cpu')
})

beforeEach(() => {
  recorder = createMemoryRecorder()
  uninstall = instrumentTensorFlow(tf, { recorder })
})

afterEach(() => {
  uninstall()
})

const COMPUTE: readonly Phase[] = ['forward', 'backward', 'optimizer_step']

function sum(steps: readonly MemoryStep[], ...phases: Phase[]): number {
  return steps.reduce(
    (total, step) => phases.reduce((part, phase) => part + (phaseMs(step, phase) ?? 0), total),
    0,
  )
}

function expectWholeSteps(steps: readonly MemoryStep[]): void {
  for (const step of steps) {
    expect(step.device).toBe('cpu')
    expect(step.liveBytes).toBeGreaterThan(0)
    expect(step.liveTensorCount).toBeGreaterThan(0)
    expect(phaseMs(step, 'input_wait')).not.toBeNull()
    for (const phase of COMPUTE) expect(phaseMs(step, phase)).toBeGreaterThan(0)
    expect(sum([step], ...COMPUTE)).toBeLessThanOrEqual(step.tracedMs + 0.001)
  }
}

/** Durations are those of the wall: another process may take the processor in the middle of one. */
const BUSY_MACHINE = { retry: 3 }

describe('hand-written loops', BUSY_MACHINE, () => {
  test('minimize: one step each, phases cover the step, sums equal wall time', () => {
    const { xs, ys } = makeTensors(64)
    const { loss, w } = makeLinear()
    const optimizer = tf.train.adam(0.01)
    optimizer.minimize(() => loss(xs, ys), false, [w])
    const startMs = recorder.steps[0]!.endMs
    for (let i = 0; i < 20; i++) optimizer.minimize(() => loss(xs, ys), false, [w])

    const steps = recorder.steps.slice(1)
    expect(steps).toHaveLength(20)
    expectWholeSteps(steps)
    expect(sum(steps, ...COMPUTE) / sum(steps, 'traced_step_time')).toBeGreaterThan(0.6)
    const wallMs = steps.at(-1)!.endMs - startMs
    expect(sum(steps, 'traced_step_time', 'input_wait')).toBeCloseTo(wallMs, 6)
    expect(recorder.pending.size).toBe(0)
    expect(recorder.environments).toEqual([
      {
        backend: 'cpu',
        trainingStrategy: 'single_process',
        strategySource: 'topology',
        strategyConfidence: 'high',
      },
    ])
  })

  test('making a batch between steps is input wait, waiting for results is not', () => {
    const { loss } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    const startMs = performance.now()
    for (let i = 0; i < 10; i++) {
      work(4)
      const { xs, ys } = makeTensors(16, i)
      const value = optimizer.minimize(() => loss(xs, ys), true)
      value!.dataSync()
    }
    const wallMs = performance.now() - startMs
    const steps = recorder.steps.slice(1)
    expect(steps).toHaveLength(9)
    expect(sum(steps, 'input_wait')).toBeGreaterThanOrEqual(9 * 4)
    expect(sum(steps, 'input_wait')).toBeLessThan(wallMs)
  })

  test('variableGrads and applyGradients: the update ends the step', () => {
    const { xs, ys } = makeTensors(16)
    const { loss } = makeLinear()
    const optimizer = tf.train.momentum(0.01, 0.9)
    for (let i = 0; i < 12; i++) {
      const { value, grads } = tf.variableGrads(() => loss(xs, ys))
      optimizer.applyGradients(grads)
      tf.dispose([value, grads])
    }
    expect(recorder.steps).toHaveLength(12)
    expectWholeSteps(recorder.steps)
  })

  test('gradient accumulation is one step with several gradient calls', () => {
    const { xs, ys } = makeTensors(16)
    const { loss, w, b } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    for (let i = 0; i < 3; i++) {
      for (let micro = 0; micro < 4; micro++) tf.variableGrads(() => loss(xs, ys), [w, b])
      const { grads } = tf.variableGrads(() => loss(xs, ys), [w, b])
      optimizer.applyGradients(grads)
    }
    expect(recorder.steps).toHaveLength(3)
    expect(recorder.steps.map((step) => phaseCalls(step, 'forward'))).toEqual([5, 5, 5])
    expect(recorder.steps.map((step) => phaseCalls(step, 'optimizer_step'))).toEqual([1, 1, 1])
  })

  test('an optimizer class of the user', () => {
    class SignDescent extends tf.Optimizer {
      static readonly className = 'SignDescent'
      override applyGradients(
        grads: Gradients | readonly { name: string; tensor: Tensor }[],
      ): void {
        const named = Array.isArray(grads)
          ? grads
          : Object.entries(grads).map(([name, tensor]) => ({ name, tensor }))
        for (const { name, tensor } of named) {
          const variable = tf.engine().registeredVariables[name]!
          tf.tidy(() => variable.assign(variable.sub(tensor.sign().mul(0.001))))
        }
      }
      getConfig(): object {
        return {}
      }
    }
    const { xs, ys } = makeTensors(16)
    const { loss, w, b } = makeLinear()
    const before = SignDescent.prototype.applyGradients
    const optimizer = new SignDescent()
    for (let i = 0; i < 5; i++) optimizer.minimize(() => loss(xs, ys), false, [w, b])
    expect(recorder.steps).toHaveLength(5)
    expectWholeSteps(recorder.steps)
    uninstall()
    expect(SignDescent.prototype.applyGradients).toBe(before)
  })

  test('an update without an optimizer: each gradient call is a step, the optimizer is absent', () => {
    const { loss, w } = makeLinear()
    for (let i = 0; i < 20; i++) {
      work(2)
      const { xs, ys } = makeTensors(16)
      const { grads } = tf.variableGrads(() => loss(xs, ys), [w])
      w.assign(tf.tidy(() => w.sub(grads[w.name]!.mul(0.01))))
      tf.dispose(grads)
    }
    expect(recorder.steps).toHaveLength(20)
    for (const step of recorder.steps) {
      expect(phaseMs(step, 'forward')).toBeGreaterThan(0)
      expect(phaseMs(step, 'optimizer_step')).toBeNull()
    }
    const later = recorder.steps.slice(1)
    expect(sum(later, 'input_wait')).toBeGreaterThanOrEqual(19 * 2)
  })

  test('few gradient calls without an optimizer are steps once it is clear that none follows', () => {
    const { xs, ys } = makeTensors(16)
    const { loss, w } = makeLinear()
    for (let i = 0; i < 3; i++) tf.variableGrads(() => loss(xs, ys), [w])
    expect(recorder.steps).toHaveLength(0)
    uninstall()
    expect(recorder.steps).toHaveLength(3)
  })

  test('a loss that throws reaches the caller and leaves no step', () => {
    const { xs, ys } = makeTensors(16)
    const { loss } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    const failure = new Error('broken loss')
    optimizer.minimize(() => loss(xs, ys))
    expect(() =>
      optimizer.minimize(() => {
        throw failure
      }),
    ).toThrow(failure)
    optimizer.minimize(() => loss(xs, ys))
    expect(recorder.steps).toHaveLength(2)
    expect(recorder.steps.map((step) => phaseCalls(step, 'forward'))).toEqual([1, 1])
    expect(recorder.discards).toBe(1)
  })

  test('higher-order gradients are part of the outer forward pass', () => {
    const x = tf.variable(tf.scalar(3))
    const optimizer = tf.train.sgd(0.01)
    for (let i = 0; i < 3; i++)
      optimizer.minimize(() =>
        tf
          .grad((v) => v.square().mul(v))(x)
          .square(),
      )
    expect(recorder.steps).toHaveLength(3)
    expect(recorder.steps.map((step) => phaseCalls(step, 'forward'))).toEqual([1, 1, 1])
  })

  test('validation, and prediction now and then, belong to no step', () => {
    const model = makeModel('sgd', 64)
    const { xs, ys } = makeTensors(512)
    const linear = makeLinear()
    const small = makeTensors(4)
    const optimizer = tf.train.sgd(0.01)
    let outsideMs = 0
    const startMs = performance.now()
    for (let i = 0; i < 10; i++) {
      const beginMs = performance.now()
      if (i % 5 === 0) model.predict(xs)
      model.evaluate(xs, ys)
      outsideMs += performance.now() - beginMs
      optimizer.minimize(() => linear.loss(small.xs, small.ys), false, [linear.w])
    }
    const wallMs = performance.now() - startMs
    expect(recorder.steps).toHaveLength(10)
    const accounted = sum(recorder.steps, 'traced_step_time', 'input_wait')
    expect(accounted).toBeLessThanOrEqual(wallMs - 0.9 * outsideMs)
  })

  test('what was validated before the first step is not taken off it', () => {
    const model = makeModel('sgd', 64)
    const { xs, ys } = makeTensors(512)
    const { loss, w } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    model.predict(xs)
    model.evaluate(xs, ys)
    optimizer.minimize(() => loss(xs, ys), false, [w])
    expectWholeSteps(recorder.steps)
  })

  test('a prediction that every step needs is a forward pass of the step', () => {
    const model = makeModel('sgd', 64)
    const { xs } = makeTensors(512)
    const linear = makeLinear()
    const small = makeTensors(4)
    const optimizer = tf.train.sgd(0.01)
    const step = () => {
      const beginMs = performance.now()
      model.predict(xs)
      const durationMs = performance.now() - beginMs
      optimizer.minimize(() => linear.loss(small.xs, small.ys), false, [linear.w])
      return durationMs
    }
    step()
    const startMs = recorder.steps[0]!.endMs
    const predictedMs = step() + step() + step()
    const steps = recorder.steps.slice(1)
    const wallMs = steps.at(-1)!.endMs - startMs
    expect(sum(steps, 'traced_step_time', 'input_wait')).toBeCloseTo(wallMs, 6)
    expect(sum(steps, 'forward')).toBeGreaterThan(predictedMs * 0.98)
    expect(sum(steps, 'input_wait')).toBe(0)
    expectWholeSteps(steps)
  })

  test('the work of a loop on its results is no input', async () => {
    const { xs, ys } = makeTensors(16)
    const { loss, w } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    const train = () => optimizer.minimize(() => loss(xs, ys), true, [w])!
    train()
    // No batch is made: nothing of this is input.
    work(10)
    train()
    expect(sum(recorder.steps, 'input_wait')).toBe(0)
    // Work up to a read, or an operation, is work on results; what follows makes a batch.
    work(10)
    await train().data()
    work(10)
    train().add(1)
    work(3)
    tf.dispose(makeTensors(16))
    train()
    const inputMs = sum(recorder.steps, 'input_wait')
    expect(inputMs).toBeGreaterThanOrEqual(3)
    expect(inputMs).toBeLessThan(10)
  })

  test('each micro batch of an accumulated step is input, adding up gradients is not', () => {
    const { loss, w } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    const micro = (seed: number) => {
      work(3)
      const { xs, ys } = makeTensors(16, seed)
      return tf.variableGrads(() => loss(xs, ys), [w]).grads
    }
    for (let i = 0; i < 3; i++) {
      const first = micro(i)
      work(4)
      for (const grad of Object.values(first)) grad.add(grad)
      micro(i)
      work(4)
      optimizer.applyGradients(micro(i))
    }
    const [, ...steps] = recorder.steps
    expect(steps).toHaveLength(2)
    for (const step of steps) {
      expect(phaseMs(step, 'input_wait')).toBeGreaterThanOrEqual(3 * 3 + 4)
      const computeMs = sum([step], ...COMPUTE)
      expect(step.tracedMs - computeMs).toBeGreaterThanOrEqual(4)
    }
  })
})

describe('datasets', BUSY_MACHINE, () => {
  const DELAY_MS = 10
  function slowDataset(batches: number): Dataset<Batch> {
    return tf.data.generator(async function* () {
      for (let i = 0; i < batches; i++) {
        await delay(DELAY_MS)
        yield makeTensors(8, i)
      }
    })
  }

  test('forEachAsync: the fetch is the input wait, other work between steps is not', async () => {
    const { loss } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    await slowDataset(8).forEachAsync(({ xs, ys }) => {
      optimizer.minimize(() => loss(xs, ys))
      work(5)
    })
    expect(recorder.steps).toHaveLength(8)
    const waitMs = sum(recorder.steps, 'input_wait')
    expect(waitMs).toBeGreaterThan(8 * (DELAY_MS - 1.5))
    const tracedMs = sum(recorder.steps.slice(1), 'traced_step_time')
    expect(tracedMs).toBeGreaterThanOrEqual(7 * 5)
  })

  test('an iterator of a derived dataset counts once, and a validation pass not at all', async () => {
    const { loss } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    const training = slowDataset(4)
      .map((batch) => batch)
      .prefetch(1)
    let validationMs = Number.POSITIVE_INFINITY
    for (let epoch = 0; epoch < 2; epoch++) {
      const iterator = await training.iterator()
      for (;;) {
        const { value, done } = await iterator.next()
        if (done) break
        optimizer.minimize(() => loss(value.xs, value.ys))
      }
      const startMs = performance.now()
      await slowDataset(20).forEachAsync(() => {})
      validationMs = Math.min(validationMs, performance.now() - startMs)
    }
    expect(recorder.steps).toHaveLength(8)
    const longest = Math.max(...recorder.steps.map((step) => phaseMs(step, 'input_wait')!))
    expect(longest).toBeLessThan(validationMs)
  })

  test('what a prefetch fetches in the background is no wait', async () => {
    const { loss } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    for (const dataset of [slowDataset(8), slowDataset(4).repeat(2)]) {
      const iterator = await dataset.prefetch(4).iterator()
      let otherMs = 0
      for (;;) {
        const { value, done } = await iterator.next()
        if (done) break
        optimizer.minimize(() => loss(value.xs, value.ys))
        const startMs = performance.now()
        await delay(4 * DELAY_MS)
        otherMs += performance.now() - startMs
      }
      const steps = recorder.steps.splice(0)
      expect(steps).toHaveLength(8)
      expect(sum(steps, 'input_wait')).toBeLessThan(otherMs / 8)
    }
  })

  test('repeat: inner iterators are not counted again', async () => {
    const { loss } = makeLinear()
    const optimizer = tf.train.sgd(0.01)
    const startMs = performance.now()
    const iterator = await slowDataset(3).repeat(2).iterator()
    for (;;) {
      const { value, done } = await iterator.next()
      if (done) break
      optimizer.minimize(() => loss(value.xs, value.ys))
    }
    const wallMs = performance.now() - startMs
    expect(recorder.steps).toHaveLength(6)
    expect(sum(recorder.steps, 'input_wait', 'traced_step_time')).toBeLessThanOrEqual(wallMs)
    expect(sum(recorder.steps, 'input_wait')).toBeGreaterThan(6 * (DELAY_MS - 1.5))
  })

  test('fitDataset: steps and waits, with validation outside', async () => {
    const model = makeModel()
    const startMs = performance.now()
    await model.fitDataset(slowDataset(6), {
      epochs: 2,
      verbose: 0,
      validationData: slowDataset(12),
    })
    const wallMs = performance.now() - startMs
    expect(recorder.steps).toHaveLength(12)
    expectWholeSteps(recorder.steps)
    const waitMs = sum(recorder.steps, 'input_wait')
    expect(waitMs).toBeGreaterThan(12 * (DELAY_MS - 1.5))
    expect(waitMs).toBeLessThan(wallMs - 2 * 12 * (DELAY_MS - 1.5))
  })

  test('fitDataset with batchesPerEpoch and an object that only has iterator()', async () => {
    const source = slowDataset(100)
    const dataset = { iterator: () => source.iterator(), size: null }
    const model = makeModel()
    await model.fitDataset(dataset, { epochs: 2, batchesPerEpoch: 3, verbose: 0 })
    expect(recorder.steps).toHaveLength(6)
    expect(sum(recorder.steps, 'input_wait')).toBeGreaterThan(6 * (DELAY_MS - 1.5))
  })
})

describe('Layers API', BUSY_MACHINE, () => {
  test('fit: exact steps, validation outside, callbacks of the user inside', async () => {
    const { xs, ys } = makeTensors(100)
    const model = makeModel('adam')
    const seen: string[] = []
    const startMs = performance.now()
    const history = await model.fit(xs, ys, {
      epochs: 2,
      batchSize: 20,
      verbose: 0,
      validationSplit: 0.2,
      callbacks: {
        onBatchEnd: async (batch: number) => {
          seen.push(`batch ${batch}`)
          work(3)
        },
        onEpochEnd: async (epoch: number) => {
          seen.push(`epoch ${epoch}`)
          work(30)
        },
      },
    })
    const wallMs = performance.now() - startMs
    expect(seen).toEqual([
      ...['batch 0', 'batch 1', 'batch 2', 'batch 3', 'epoch 0'],
      ...['batch 0', 'batch 1', 'batch 2', 'batch 3', 'epoch 1'],
    ])
    expect(recorder.steps).toHaveLength(8)
    expectWholeSteps(recorder.steps)
    for (const step of recorder.steps) {
      expect(step.tracedMs).toBeGreaterThanOrEqual(3)
    }
    // The 30 ms at the end of each epoch belong to no step.
    const accountedMs = sum(recorder.steps, 'traced_step_time', 'input_wait')
    expect(accountedMs).toBeLessThanOrEqual(wallMs - 2 * 30)
    expect(Object.keys(history)).toEqual(['validationData', 'params', 'epoch', 'history'])
    expect(Object.getOwnPropertyNames(history)).not.toContain('onBatchEnd')
    expect(Object.keys(history.history)).toEqual(['val_loss', 'val_acc', 'loss', 'acc'])
  })

  test('fit called for one batch after the other: making the batch is input', async () => {
    const model = makeModel()
    const fit = async (): Promise<void> => {
      const { xs, ys } = makeTensors(16)
      await model.fit(xs, ys, { epochs: 1, batchSize: 16, verbose: 0 })
    }
    await fit()
    const startMs = recorder.steps[0]!.endMs
    for (let i = 0; i < 4; i++) {
      await delay(5)
      await fit()
    }
    const steps = recorder.steps.slice(1)
    expect(steps).toHaveLength(4)
    expect(sum(steps, 'input_wait')).toBeGreaterThan(4 * 4)
    const wallMs = steps.at(-1)!.endMs - startMs
    expect(sum(steps, 'traced_step_time', 'input_wait')).toBeCloseTo(wallMs, 6)
  })

  test('between two calls of fit with many batches no step runs', async () => {
    const model = makeModel()
    const { xs, ys } = makeTensors(60)
    await model.fit(xs, ys, { epochs: 1, batchSize: 10, verbose: 0 })
    work(20)
    tf.dispose(makeTensors(16))
    await model.fit(xs, ys, { epochs: 1, batchSize: 10, verbose: 0 })
    expect(recorder.steps).toHaveLength(12)
    const next = recorder.steps[6]!
    expect(sum([next], 'traced_step_time', 'input_wait')).toBeLessThan(20)
  })

  test('early stopping, then another fit of the same model', async () => {
    const { xs, ys } = makeTensors(40)
    const model = makeModel()
    await model.fit(xs, ys, {
      epochs: 50,
      batchSize: 20,
      verbose: 0,
      callbacks: tf.callbacks.earlyStopping({ monitor: 'loss', minDelta: 100, patience: 2 }),
    })
    const first = recorder.steps.length
    expect(first).toBeLessThan(100)
    expect(first % 2).toBe(0)
    await model.fit(xs, ys, { epochs: 1, batchSize: 10, verbose: 0 })
    expect(recorder.steps).toHaveLength(first + 4)
  })

  test('a failing fit rejects as it would, and the failed step is discarded', async () => {
    const { xs, ys } = makeTensors(40)
    let calls = 0
    const model = makeModel()
    model.compile({
      optimizer: 'sgd',
      loss: (target: Tensor, output: Tensor) => {
        if (++calls === 3) throw new Error('broken loss')
        return tf.losses.meanSquaredError(target, output)
      },
    })
    await expect(model.fit(xs, ys, { epochs: 1, batchSize: 10, verbose: 0 })).rejects.toThrow(
      'broken loss',
    )
    expect(recorder.steps).toHaveLength(2)
    expect(recorder.pending.size).toBe(0)
    await expect(model.fit(xs, tf.zeros([3, 3]), { epochs: 1, verbose: 0 })).rejects.toThrow()
    expect(Object.getOwnPropertyDescriptor(model.model, 'history')?.set).toBeUndefined()
    await model.fit(xs, ys, { epochs: 1, batchSize: 10, verbose: 0 })
    expect(recorder.steps).toHaveLength(6)
  })

  test('gradients after a training are an analysis, not steps', async () => {
    const { xs, ys } = makeTensors(20)
    const model = makeModel()
    await model.fit(xs, ys, { epochs: 1, batchSize: 10, verbose: 0 })
    for (let i = 0; i < 100; i++) tf.dispose(tf.grad((x) => model.predict(x).mean())(xs))
    expect(recorder.steps).toHaveLength(2)
    uninstall()
    expect(recorder.steps).toHaveLength(2)
  })

  test('trainOnBatch: one step a call, host work before it is input wait', async () => {
    const model = makeModel()
    for (let i = 0; i < 6; i++) {
      await delay(5)
      const { xs, ys } = makeTensors(16, i)
      await model.trainOnBatch(xs, ys)
    }
    expect(recorder.steps).toHaveLength(6)
    expectWholeSteps(recorder.steps)
    expect(sum(recorder.steps.slice(1), 'input_wait')).toBeGreaterThan(5 * 4)
  })

  test('training is bit-equal with and without hooks', async () => {
    async function train(): Promise<readonly [number[][], unknown]> {
      const { xs, ys } = makeTensors(64)
      const model = makeModel('adam')
      const history = await model.fit(xs, ys, {
        epochs: 3,
        batchSize: 16,
        verbose: 0,
        shuffle: false,
      })
      return [weightsOf(model), history.history]
    }
    const hooked = await train()
    uninstall()
    expect(await train()).toEqual(hooked)
  })
})

describe('ownership and life', () => {
  test('with explicit steps of the SDK only phases are added', () => {
    const { xs, ys } = makeTensors(16)
    const { loss } = makeLinear()
    recorder.claimBoundaries()
    const optimizer = tf.train.sgd(0.01)
    optimizer.minimize(() => loss(xs, ys))
    optimizer.minimize(() => loss(xs, ys))
    expect(recorder.steps).toHaveLength(0)
    recorder.commit(10, performance.now())
    expect(COMPUTE.map((phase) => phaseCalls(recorder.steps[0]!, phase))).toEqual([2, 2, 2])
    expect(phaseMs(recorder.steps[0]!, 'input_wait')).toBeNull()
  })

  test('a region that the SDK times already is not added again', () => {
    const { xs, ys } = makeTensors(16)
    const { loss } = makeLinear()
    uninstall()
    const entered: number[] = []
    const forward = recorder.slot(PHASE_EVENTS.forward)
    uninstall = instrumentTensorFlow(tf, {
      recorder: Object.assign(recorder, { pendingMs: () => 2.5 }),
      guard: {
        enterPhase: (slot) => {
          entered.push(slot)
          return slot !== forward
        },
        leavePhase: (slot) => {
          entered.splice(entered.indexOf(slot), 1)
        },
      },
    })
    tf.train.sgd(0.01).minimize(() => loss(xs, ys))
    expect(entered).toEqual([])
    expect(phaseMs(recorder.steps[0]!, 'forward')).toBeNull()
    expect(phaseMs(recorder.steps[0]!, 'optimizer_step')).toBeGreaterThan(0)
    expect(phaseMs(recorder.steps[0]!, 'input_wait')).toBeNull()
  })

  test('nothing is recorded while the recorder is off', () => {
    const { xs, ys } = makeTensors(16)
    const { loss } = makeLinear()
    recorder.enabled = false
    tf.train.sgd(0.01).minimize(() => loss(xs, ys))
    recorder.enabled = true
    expect(recorder.steps).toHaveLength(0)
    expect(recorder.pending.size).toBe(0)
  })

  test('uninstall restores every method exactly', async () => {
    uninstall()
    const engine = tf.engine() as unknown as Record<string, unknown>
    const shape = (): unknown => [
      Reflect.ownKeys(engine),
      ...['SGDOptimizer', 'AdamOptimizer', 'Optimizer', 'LayersModel'].map((name) => {
        const { prototype } = (tf as unknown as Record<string, { prototype: object }>)[name]!
        return Object.entries(Object.getOwnPropertyDescriptors(prototype))
      }),
      Object.entries(Object.getOwnPropertyDescriptors(tf.data.Dataset.prototype)),
    ]
    const before = shape()
    const undo = instrumentTensorFlow(tf, { recorder })
    expect(shape()).not.toEqual(before)
    const dataset = tf.data.array([1, 2, 3])
    const own = Reflect.ownKeys(tf.data.array([1])).filter((key) => key !== 'iterator')
    undo()
    undo()
    expect(shape()).toEqual(before)
    expect(Reflect.ownKeys(dataset)).toEqual(own)
    expect(await dataset.toArray()).toEqual([1, 2, 3])
  })

  test('a second call joins the first: nothing is counted twice', () => {
    const other = createMemoryRecorder()
    const undo = instrumentTensorFlow(tf, { recorder: other })
    const { xs, ys } = makeTensors(16)
    const { loss } = makeLinear()
    tf.train.sgd(0.01).minimize(() => loss(xs, ys))
    undo()
    expect(recorder.steps).toHaveLength(1)
    expect(other.steps).toHaveLength(0)
  })

  test('an object that is not TensorFlow.js is left alone', () => {
    uninstall()
    const engine = Object.getOwnPropertyDescriptor(globalThis, '_tfengine')!
    Reflect.deleteProperty(globalThis, '_tfengine')
    try {
      const undo = instrumentTensorFlow({ engine: () => null }, { recorder })
      undo()
    } finally {
      Object.defineProperty(globalThis, '_tfengine', engine)
    }
    expect(FEATURES).toBeGreaterThan(0)
  })

  test('an asynchronous backend: steps and waits by host time, no phases', async () => {
    tf.registerBackend('webgl-like', () => tf.findBackendFactory('cpu')(), 0)
    for (const kernel of tf.getKernelsForBackend('cpu'))
      tf.registerKernel({ ...kernel, backendName: 'webgl-like' })
    await tf.setBackend('webgl-like')
    try {
      const { loss, w } = makeLinear()
      const optimizer = tf.train.sgd(0.01)
      for (let i = 0; i < 4; i++) {
        work(2)
        const { xs, ys } = makeTensors(16)
        optimizer.minimize(() => loss(xs, ys), false, [w])
      }
      expect(recorder.steps).toHaveLength(4)
      for (const step of recorder.steps) {
        expect(step.device).toBe('webgl-like')
        expect(step.tracedMs).toBeGreaterThan(0)
        for (const phase of COMPUTE) expect(phaseMs(step, phase)).toBeNull()
      }
      expect(sum(recorder.steps.slice(1), 'input_wait')).toBeGreaterThanOrEqual(3 * 2)
    } finally {
      await tf.setBackend('cpu')
      tf.removeBackend('webgl-like')
    }
  })
})
