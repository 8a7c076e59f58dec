import { phase, startLocalRuntime, traceStep } from '@traceml/runtime'
import { expect, test } from 'vitest'
import { busy, recordedCalls, recordedMs } from './recorded.js'

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a synchronous step returns its result and records its phases', () => {
  using runtime = startLocalRuntime()
  const result = traceStep(() => {
    phase('forward', () => busy(4))
    phase('backward', () => {})
    return phase('optimizer', () => 'loss')
  })
  expect(result).toBe('loss')
  const [step] = recordedMs(runtime)
  expect(Object.keys(step!)).toEqual(['forward', 'backward', 'optimizer_step', 'traced_step_time'])
  expect(step!['forward']).toBeGreaterThanOrEqual(4)
  expect(step!['traced_step_time']).toBeGreaterThanOrEqual(step!['forward']!)
})

test('an asynchronous step is recorded when it settles', async () => {
  using runtime = startLocalRuntime()
  const running = traceStep(async () => {
    await phase('forward', tick)
    return 7
  })
  expect(recordedCalls(runtime)).toEqual([])
  expect(await running).toBe(7)
  expect(recordedCalls(runtime)).toEqual(['1: forward×1'])
})

test('the first explicit step takes over the boundaries for good', () => {
  using runtime = startLocalRuntime()
  expect(runtime.recorder.boundaryOwner).toBe('auto')
  traceStep(() => {})
  expect(runtime.recorder.boundaryOwner).toBe('sdk')
})

test('a step that fails is rethrown, not counted, and leaves nothing to the next', async () => {
  using runtime = startLocalRuntime()
  const boom = new Error('boom')
  const failing = () => {
    phase('forward', () => {})
    throw boom
  }
  expect(() => traceStep(failing)).toThrow(boom)
  await expect(traceStep(async () => failing())).rejects.toBe(boom)
  expect(() =>
    traceStep(() =>
      phase('backward', () => {
        throw boom
      }),
    ),
  ).toThrow(boom)
  traceStep(() => phase('backward', () => {}))
  expect(recordedCalls(runtime)).toEqual(['1: backward×1'])
})

test('a nested step is a part of the outer one', () => {
  using runtime = startLocalRuntime()
  traceStep(() => {
    phase('forward', () => {})
    traceStep(() => phase('backward', () => {}))
    phase('optimizer', () => {})
  })
  expect(recordedCalls(runtime)).toEqual(['1: forward×1 backward×1 optimizer_step×1'])
})

test('of nested regions of one phase only the outermost counts', async () => {
  using runtime = startLocalRuntime()
  traceStep(() => {
    phase('forward', () => phase('forward', () => phase('mine', () => {})))
    phase('forward', () => {})
  })
  await traceStep(() => phase('forward', async () => phase('forward', tick)))
  expect(recordedCalls(runtime)).toEqual(['1: mine×1 forward×2', '2: forward×1'])
})

test('accumulation inside one step is one step', () => {
  using runtime = startLocalRuntime()
  traceStep(() => {
    for (let micro = 0; micro < 4; micro += 1) {
      phase('forward', () => {})
      phase('backward', () => {})
    }
    phase('optimizer_step', () => {})
  })
  expect(recordedCalls(runtime)).toEqual(['1: forward×4 backward×4 optimizer_step×1'])
})

test('phases outside of steps, as in a validation loop, are in no step', () => {
  using runtime = startLocalRuntime()
  traceStep(() => {})
  phase('forward', () => {})
  traceStep(() => phase('h2d', () => {}))
  expect(recordedCalls(runtime)).toEqual(['1:', '2: h2d×1'])
})

test('using: the step ends with its block, unless it failed', () => {
  using runtime = startLocalRuntime()
  {
    using _step = traceStep()
    phase('forward', () => {})
  }
  {
    using step = traceStep()
    phase('forward', () => {})
    step.fail()
  }
  {
    using _outer = traceStep()
    using _inner = traceStep()
    phase('backward', () => {})
  }
  expect(recordedCalls(runtime)).toEqual(['1: forward×1', '2: backward×1'])
})

test('after the limit everything runs and nothing is recorded', () => {
  using runtime = startLocalRuntime({ traceMaxSteps: 2 })
  let runs = 0
  for (let step = 0; step < 5; step += 1) traceStep(() => phase('forward', () => (runs += 1)))
  expect(runs).toBe(5)
  expect(recordedCalls(runtime)).toEqual(['1: forward×1', '2: forward×1'])
})

test('without a run everything only runs', async () => {
  expect(traceStep(() => phase('forward', () => 1))).toBe(1)
  expect(await traceStep(async () => 2)).toBe(2)
  expect(() => traceStep(() => phase('x', () => JSON.parse('{')))).toThrow(SyntaxError)
  using step = traceStep()
  step.fail()
})

test.each([
  ['traceStep', () => traceStep(5 as never)],
  ['traceStep of null', () => traceStep(null as never)],
  ['phase without a function', () => phase('forward', undefined as never)],
  ['phase without a name', () => phase('', () => {})],
])('misuse is told at once: %s', (_name, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'TRACEML_SDK_MISUSE' }))
})
