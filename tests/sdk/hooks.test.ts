import {
  getInitConfig,
  init,
  type LocalRuntime,
  startLocalRuntime,
  traceStep,
  wrapDataLoader,
  wrapForward,
  wrapOptimizer,
} from '@traceml/runtime'
import { instrumentTensorFlow } from '@traceml/tfjs'
import { expect, test } from 'vitest'
import { tf } from '../../packages/tfjs/test/tensorflow.js'
import { delay, makeLinear, makeTensors, work } from '../../packages/tfjs/test/training.js'
import { recordedCalls, recordedMs } from './recorded.js'

/** The hooks on the runtime of a test, as the preload module installs them. */
function hook(runtime: LocalRuntime): Disposable {
  const uninstall = instrumentTensorFlow(tf, {
    recorder: runtime.recorder,
    guard: runtime.phases,
    choice: getInitConfig,
  })
  return { [Symbol.dispose]: uninstall }
}

const rows = (count: number) =>
  tf.data.generator(async function* () {
    for (let i = 0; i < count; i++) {
      await delay(10)
      yield makeTensors(16, i)
    }
  })

const linear = () => {
  const { loss, w } = makeLinear()
  return { w, loss, optimizer: tf.train.sgd(0.01), ...makeTensors(16) }
}

test('explicit steps with hooks and with wrappers of the same things: each phase once', () => {
  using runtime = startLocalRuntime()
  using _hooks = hook(runtime)
  const { xs, ys, w, loss, optimizer } = linear()
  const timedLoss = wrapForward(() => loss(xs, ys))
  wrapOptimizer(optimizer)
  for (let i = 0; i < 3; i++) traceStep(() => optimizer.minimize(timedLoss, false, [w]))
  const one = 'forward×1 backward×1 optimizer_step×1'
  expect(recordedCalls(runtime)).toEqual([`1: ${one}`, `2: ${one}`, `3: ${one}`])
})

test('the hooks find the steps until the first explicit one, and none after it', () => {
  using runtime = startLocalRuntime()
  using _hooks = hook(runtime)
  const { xs, ys, w, loss, optimizer } = linear()
  const train = () => optimizer.minimize(() => loss(xs, ys), false, [w])
  train()
  traceStep(train)
  train()
  traceStep(train)
  expect(runtime.recorder.completedSteps()).toBe(3)
})

test('what a dataset delivers to a validation is no input of explicit steps', async () => {
  using runtime = startLocalRuntime()
  using _hooks = hook(runtime)
  const { w, loss, optimizer } = linear()
  for (let epoch = 0; epoch < 2; epoch++) {
    await rows(2).forEachAsync(({ xs, ys }) => {
      traceStep(() => optimizer.minimize(() => loss(xs, ys), false, [w]))
    })
    await rows(8).forEachAsync(({ xs, ys }) => tf.dispose(tf.tidy(() => loss(xs, ys))))
  }
  const waits = recordedMs(runtime).map((step) => step['input_wait'] ?? 0)
  expect(waits).toHaveLength(4)
  for (const waitMs of waits) {
    expect(waitMs).toBeGreaterThan(9)
    expect(waitMs).toBeLessThan(70)
  }
})

test('a wrapped loader says how long a step of the hooks waited', () => {
  using runtime = startLocalRuntime()
  using _hooks = hook(runtime)
  const { w, loss, optimizer } = linear()
  function* batches() {
    for (let i = 0; i < 4; i++) {
      work(5)
      yield makeTensors(16, i)
    }
  }
  for (const { xs, ys } of wrapDataLoader(batches())) {
    work(4)
    optimizer.minimize(() => loss(xs, ys), false, [w])
  }
  const [, ...steps] = recordedMs(runtime)
  expect(steps).toHaveLength(3)
  for (const step of steps) {
    expect(step['input_wait']).toBeGreaterThanOrEqual(5)
    expect(step['traced_step_time']).toBeGreaterThanOrEqual(4)
  }
})

test('mode manual: the hooks measure nothing', async () => {
  using runtime = startLocalRuntime()
  using _hooks = hook(runtime)
  init({ mode: 'manual' })
  const { xs, ys, w, loss, optimizer } = linear()
  const train = () => optimizer.minimize(() => loss(xs, ys), false, [w])
  train()
  traceStep(train)
  await rows(2).forEachAsync(() => traceStep(train))
  expect(recordedCalls(runtime)).toEqual(['1:', '2:', '3:'])
})

test('mode selective: the hooks measure what was chosen, and the optimizer', () => {
  using runtime = startLocalRuntime()
  using _hooks = hook(runtime)
  init({ mode: 'selective', patchForward: true })
  const { xs, ys, w, loss, optimizer } = linear()
  const train = () => optimizer.minimize(() => loss(xs, ys), false, [w])
  train()
  traceStep(train)
  expect(recordedCalls(runtime)).toEqual([
    '1: forward×1 optimizer_step×1',
    '2: forward×1 optimizer_step×1',
  ])
})
