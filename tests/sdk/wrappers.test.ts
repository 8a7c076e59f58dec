import {
  startLocalRuntime,
  traceStep,
  wrapBackward,
  wrapDataLoader,
  wrapForward,
  wrapH2D,
  wrapOptimizer,
} from '@traceml/runtime'
import { expect, test } from 'vitest'
import { busy, recordedCalls, recordedMs } from './recorded.js'

test('functions and methods are timed, this and arguments pass through', async () => {
  using runtime = startLocalRuntime()
  class Model {
    readonly #scale = 3
    forward(x: number, y = 1) {
      return x * y * this.#scale
    }
    backward = async () => 'grads'
  }
  const model = wrapBackward(wrapForward(new Model()))
  const step = wrapOptimizer(function sgd(this: unknown, rate: number) {
    return rate
  })
  const tensor = wrapH2D({ to: (device: string) => device })
  await traceStep(async () => {
    expect(model.forward(2, 5)).toBe(30)
    expect(await model.backward()).toBe('grads')
    expect(step(0.1)).toBe(0.1)
    expect(tensor.to('webgl')).toBe('webgl')
  })
  expect([step.name, step.length]).toEqual(['sgd', 1])
  expect(recordedCalls(runtime)).toEqual(['1: forward×1 backward×1 optimizer_step×1 h2d×1'])
})

test('wrapping twice changes nothing, and wrapped parts work without a run', () => {
  const optimizer = { applyGradients: () => 'done' }
  expect(wrapOptimizer(wrapOptimizer(optimizer))).toBe(optimizer)
  expect(optimizer.applyGradients()).toBe('done')
  using runtime = startLocalRuntime()
  traceStep(() => optimizer.applyGradients())
  expect(recordedCalls(runtime)).toEqual(['1: optimizer_step×1'])
})

test.each([
  ['wrapForward', () => wrapForward({})],
  ['wrapBackward', () => wrapBackward(null as never)],
  ['wrapOptimizer', () => wrapOptimizer(Object.freeze({ step: () => {} }))],
  ['wrapH2D', () => wrapH2D(3 as never)],
  ['wrapDataLoader', () => wrapDataLoader({})],
])('misuse is told at once: %s', (name, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'TRACEML_SDK_MISUSE' }))
  expect(call).toThrow(name)
})

test('waiting for a batch belongs to the step that uses it; the last fetch to none', () => {
  using runtime = startLocalRuntime()
  const loader = wrapDataLoader(
    (function* () {
      for (const batch of [1, 2]) {
        busy(40)
        yield batch
      }
      busy(20)
    })(),
  )
  const seen: number[] = []
  for (const batch of loader) traceStep(() => seen.push(batch))
  traceStep(() => {})
  expect(seen).toEqual([1, 2])
  const steps = recordedMs(runtime)
  expect(steps.map((step) => step['input_wait'] !== undefined)).toEqual([true, true, false])
  expect(steps[0]!['input_wait']).toBeGreaterThanOrEqual(40)
  expect(steps[0]!['traced_step_time']).toBeLessThan(40)
})

test('for await: the wait is measured to the batch, not to the promise', async () => {
  using runtime = startLocalRuntime()
  async function* source() {
    for (const batch of [1, 2, 3]) {
      await new Promise((resolve) => setTimeout(resolve, 6))
      yield batch
    }
  }
  for await (const batch of wrapDataLoader(source())) traceStep(() => batch)
  const steps = recordedMs(runtime)
  expect(steps).toHaveLength(3)
  for (const step of steps) expect(step['input_wait']).toBeGreaterThanOrEqual(5)
})

test('for await over promises of a synchronous source waits for the values', async () => {
  using runtime = startLocalRuntime()
  const seen: number[] = []
  function* load() {
    try {
      for (let i = 0; i < 3; i += 1)
        yield new Promise<number>((resolve) => setTimeout(resolve, 10, i))
    } finally {
      seen.push(-1)
    }
  }
  for await (const batch of wrapDataLoader(load())) traceStep(() => seen.push(batch))
  for await (const batch of wrapDataLoader([Promise.resolve(3)])) seen.push(batch)
  for await (const batch of wrapDataLoader(load())) {
    seen.push(batch)
    break
  }
  expect(seen).toEqual([0, 1, 2, -1, 3, 0, -1])
  for (const step of recordedMs(runtime)) expect(step['input_wait']).toBeGreaterThan(8)
  const failing = wrapDataLoader([Promise.reject(new Error('no such file'))])
  await expect(async () => {
    for await (const _ of failing);
  }).rejects.toThrow('no such file')
})

test('a validation loop does not charge its batches to the next training step', () => {
  using runtime = startLocalRuntime()
  const train = wrapDataLoader([1, 2])
  const validate = wrapDataLoader([1, 2, 3, 4])
  for (let epoch = 0; epoch < 2; epoch += 1) {
    for (const _batch of train) traceStep(() => {})
    for (const _batch of validate) busy(0)
    for (const _batch of validate) break
  }
  expect(recordedCalls(runtime)).toEqual([
    '1: input_wait×1',
    '2: input_wait×1',
    '3: input_wait×1',
    '4: input_wait×1',
  ])
})

test('several batches for one step all count, and a batch fetched inside is not step time', () => {
  using runtime = startLocalRuntime()
  const batches = wrapDataLoader([1, 2, 3, 4])[Symbol.iterator]()
  batches.next()
  batches.next()
  traceStep(() => {})
  const slow = wrapDataLoader({
    next: () => {
      busy(60)
      return { done: false, value: 1 }
    },
  })
  traceStep(() => slow.next())
  expect(recordedCalls(runtime)).toEqual(['1: input_wait×2', '2: input_wait×1'])
  const [, second] = recordedMs(runtime)
  expect(second!['input_wait']).toBeGreaterThanOrEqual(60)
  expect(second!['traced_step_time']).toBeLessThan(60)
})

test('the protocol is kept: return and throw, properties, private fields, arguments of next', () => {
  using _runtime = startLocalRuntime()
  const log: unknown[] = []
  class Loader {
    readonly length = 3
    readonly #name = 'mine'
    shuffle = false
    describe() {
      return this.#name
    }
    *[Symbol.iterator](): Generator<number, string, string | undefined> {
      try {
        log.push(yield 1)
        log.push(yield 2)
      } catch (error) {
        log.push(error)
        yield 3
      } finally {
        log.push('closed')
      }
      return 'end'
    }
  }
  const original = new Loader()
  const loader = wrapDataLoader(original)
  expect([loader.length, loader.describe(), loader instanceof Loader]).toEqual([3, 'mine', true])
  loader.shuffle = true
  expect(original.shuffle).toBe(true)
  for (const _batch of loader) break
  expect(log.splice(0)).toEqual(['closed'])
  const iterator = loader[Symbol.iterator]()
  expect(iterator.next('ignored')).toEqual({ done: false, value: 1 })
  expect(iterator.next('sent')).toEqual({ done: false, value: 2 })
  expect(iterator.throw('error')).toEqual({ done: false, value: 3 })
  expect(iterator.return('early')).toEqual({ done: true, value: 'early' })
  expect(log).toEqual(['sent', 'error', 'closed'])
  expect([...wrapDataLoader(new Set([1, 2]))]).toEqual([1, 2])
  expect(Array.isArray(wrapDataLoader([1]))).toBe(true)
})

test('a fetch that fails is rethrown and not charged', async () => {
  using runtime = startLocalRuntime()
  const failing = wrapDataLoader({
    next: () => Promise.reject(new Error('disk')),
    [Symbol.asyncIterator]() {
      return this
    },
  })
  await expect(failing.next()).rejects.toThrow('disk')
  traceStep(() => {})
  expect(recordedCalls(runtime)).toEqual(['1:'])
})

test('without a run a loader is only a loader', async () => {
  expect([...wrapDataLoader([1, 2])]).toEqual([1, 2])
  const seen: number[] = []
  for await (const batch of wrapDataLoader(
    (async function* () {
      yield 1
    })(),
  )) {
    seen.push(batch)
  }
  expect(seen).toEqual([1])
})
