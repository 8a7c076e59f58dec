import type { JsonObject, LayerModelFact, LayerStepFact } from '@traceml/contracts'
import { LAYER_TOPIC } from '@traceml/contracts'
import { type LocalRuntime, layer, phase, startLocalRuntime, traceStep } from '@traceml/runtime'
import { describe, expect, test } from 'vitest'

const EVERY_STEP = { every: 1, shouldSample: () => true, observe() {} }

async function startDeep(): Promise<LocalRuntime> {
  const runtime = startLocalRuntime({ profile: 'deep', layerSampler: EVERY_STEP })
  await runtime.ready
  return runtime
}

function read(runtime: LocalRuntime): { models: LayerModelFact[]; steps: LayerStepFact[] } {
  const facts: JsonObject[] = []
  runtime.facts.read('test', LAYER_TOPIC, (fact) => facts.push(fact))
  return {
    models: facts.filter(({ type }) => type === 'model') as LayerModelFact[],
    steps: facts.filter(({ type }) => type === 'step') as LayerStepFact[],
  }
}

function work(durationMs: number): void {
  const endMs = performance.now() + durationMs
  while (performance.now() < endMs);
}

describe('layer', () => {
  test('is the function itself, whoever runs: value, receiver, error, name', async () => {
    const calls = (): void => {
      class Net {
        readonly bias = 2
        forward = layer('net', function forward(this: Net, x: number) {
          return x + this.bias
        })
      }
      const net = new Net()
      expect(net.forward(3)).toBe(5)
      expect(net.forward.name).toBe('forward')
      const broken = layer('broken', () => {
        throw new RangeError('no')
      })
      expect(() => broken()).toThrow(RangeError)
    }
    calls()
    using _runtime = await startDeep()
    traceStep(calls)
  })

  test('asks for a name and a function', () => {
    expect(() => layer('', () => 1)).toThrow(/layer was called with ""/)
    expect(() => layer('a', 3 as never)).toThrow(/a value of type number/)
  })

  test('nests by path, and a function called in two places has two', async () => {
    using runtime = await startDeep()
    const scale = layer('scale', (x: number) => x * 2)
    const a = layer('a', (x: number) => scale(x))
    const b = layer('b. c', (x: number) => scale(scale(x)))
    for (let i = 0; i < 2; i++) traceStep(() => a(b(1)))
    a(1)
    const { models, steps } = read(runtime)
    expect(models).toHaveLength(1)
    expect(models[0]).toMatchObject({
      model_index: 0,
      model_name: null,
      layers: ['b_ c', 'b_ c.scale', 'a', 'a.scale'],
      layer_types: [null, null, null, null],
      layer_bytes: [0, 0, 0, 0],
    })
    expect(steps.map(({ step, forward }) => [step, forward.n_calls])).toEqual([
      [1, [1, 2, 1, 1]],
      [2, [1, 2, 1, 1]],
    ])
  })

  test('in a backward phase of the program it is a backward pass', async () => {
    using runtime = await startDeep()
    const forward = layer('dense', () => {
      work(3)
      return new Float32Array(10)
    })
    const backward = layer('dense', () => {
      work(6)
      return [new Float32Array(4), new Float64Array(2)]
    })
    traceStep(() => {
      phase('forward', forward)
      phase('backward', backward)
    })
    const [step] = read(runtime).steps
    expect(step!.forward).toMatchObject({ layers: ['dense'], n_calls: [1], bytes: [40] })
    expect(step!.backward).toMatchObject({ layers: ['dense'], n_calls: [1], bytes: [32] })
    expect(step!.forward.cpu_ms[0]).toBeGreaterThanOrEqual(3)
    expect(step!.backward!.cpu_ms[0]).toBeGreaterThanOrEqual(6)
    expect(step!.forward.phase_cpu_ms).toBeGreaterThanOrEqual(step!.forward.cpu_ms[0]!)
    expect(step!.backward!.phase_cpu_ms).toBeGreaterThanOrEqual(step!.backward!.cpu_ms[0]!)
  })

  test('asynchronous layers, one inside the other', async () => {
    using runtime = await startDeep()
    const inner = layer('inner', async () => {
      await null
      work(4)
      return 1
    })
    const outer = layer('outer', async () => {
      const value = await inner()
      work(2)
      return value + (await inner())
    })
    for (let i = 0; i < 2; i++) expect(await traceStep(async () => outer())).toBe(2)
    await expect(
      traceStep(async () => layer('broken', async () => Promise.reject(new Error('no')))()),
    ).rejects.toThrow('no')
    const { steps } = read(runtime)
    expect(steps).toHaveLength(2)
    for (const { forward } of steps) {
      expect(forward.layers).toEqual(['outer', 'outer.inner'])
      expect(forward.n_calls).toEqual([1, 2])
      expect(forward.cpu_ms[1]).toBeGreaterThanOrEqual(8)
      expect(forward.cpu_ms[0]).toBeGreaterThanOrEqual(2)
    }
  })

  test('outside of the deep profile nothing is measured', () => {
    using runtime = startLocalRuntime()
    traceStep(() => layer('a', () => 1)())
    expect(runtime.layers).toBeNull()
    expect(read(runtime).steps).toEqual([])
  })
})
