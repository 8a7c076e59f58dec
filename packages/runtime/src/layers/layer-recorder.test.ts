import type { JsonObject, LayerStepFact } from '@traceml/contracts'
import { describe, expect, test } from 'vitest'
import { createPhaseGuard } from '../phase-guard.js'
import { createSharedState } from '../recorder/shared-layout.js'
import { createStepRecorder } from '../recorder/step-recorder.js'
import type { LayerEntry } from './layer-entry.js'
import type { LayerLibrary } from './layer-library.js'
import { createLayerRecorder } from './layer-recorder.js'
import type { ObservedStep } from './step-sampler.js'

/** A recorder of layers whose clock, steps and library are the test's. */
function startTest(boundaryCostMs = 0) {
  let timeMs = 0
  const facts: JsonObject[] = []
  const observed: ObservedStep[] = []
  const warnings: string[] = []
  const sampled = new Set([1, 2, 3])
  const recorder = createStepRecorder({
    shared: createSharedState({ ringBytes: 16_384, outputBytes: 0 }),
    onFact: (_topic, fact) => facts.push(structuredClone(fact)),
  })
  const library: { -readonly [Key in keyof LayerLibrary]: LayerLibrary[Key] } = {
    inStep: true,
    inBackward: false,
    followsBackward: null,
    claim() {},
    noteOutput: (_call, output) => (typeof output === 'number' ? output : null),
  }
  const layers = createLayerRecorder({
    recorder,
    phases: createPhaseGuard(recorder),
    sampler: {
      every: 1,
      shouldSample: (step) => sampled.has(step),
      observe: (step) => observed.push(step),
    },
    boundaryCostMs,
    now: () => timeMs,
    warn: (message) => warnings.push(message),
  })
  layers.setLibrary(library)
  const model = layers.modelOfNone()!
  const entry = (path: string): LayerEntry => model.entry(path, null)!
  return {
    recorder,
    layers,
    library,
    entry,
    observed,
    warnings,
    sampled,
    pass: (durationMs: number) => {
      timeMs += durationMs
    },
    enter: (path: string) => layers.enter(entry(path), entry(path))!,
    commit: () => recorder.commit(10, timeMs),
    steps: () => facts.filter((fact) => fact['type'] === 'step') as LayerStepFact[],
  }
}

function timesOf(step: LayerStepFact | undefined, half: 'forward' | 'backward'): object {
  const pass = step?.[half]
  return Object.fromEntries((pass?.layers ?? []).map((name, index) => [name, pass?.cpu_ms[index]]))
}

describe('time of a layer', () => {
  test('is without that of layers inside it, also of itself', () => {
    const { layers, enter, pass, commit, steps } = startTest()
    const outer = enter('a')
    pass(1)
    const inner = enter('b')
    pass(2)
    const again = enter('a')
    pass(4)
    layers.exit(again, 8)
    pass(8)
    layers.exit(inner, 4)
    pass(16)
    layers.exit(outer, 2)
    pass(32)
    commit()
    expect(timesOf(steps()[0], 'forward')).toEqual({ a: 1 + 4 + 16, b: 2 + 8 })
    expect(steps()[0]!.forward).toMatchObject({ n_calls: [2, 1], bytes: [8, 4] })
    expect(steps()[0]!.backward).toBeNull()
  })

  test('goes to the half of the step in which it passes', () => {
    const { layers, library, enter, pass, commit, steps } = startTest()
    const outer = enter('a')
    pass(1)
    library.inBackward = true
    layers.turn()
    pass(2)
    expect(layers.resume(outer)).toBe(true)
    pass(4)
    layers.suspend(outer, 100)
    library.inBackward = false
    layers.turn()
    pass(8)
    layers.exit(outer, undefined)
    commit()
    expect(timesOf(steps()[0], 'forward')).toEqual({ a: 9 })
    expect(timesOf(steps()[0], 'backward')).toEqual({ a: 6 })
    expect(steps()[0]!.backward).toMatchObject({ n_calls: [1], bytes: [100] })
  })

  test('a library that cannot follow backward passes: there is none, and one line says so', () => {
    const { layers, library, enter, commit, steps, warnings } = startTest()
    library.followsBackward = false
    for (let i = 0; i < 2; i++) {
      layers.exit(enter('a'), 1)
      commit()
    }
    expect(steps().map(({ backward }) => backward)).toEqual([null, null])
    expect(warnings).toHaveLength(1)
  })
})

describe('steps', () => {
  test('a phase that does not hold all layers is not known', () => {
    const { recorder, layers, enter, pass, commit, steps } = startTest()
    const slot = recorder.slot('_traceml_internal:forward_time')
    for (const phaseMs of [5, 3]) {
      const call = enter('a')
      pass(4)
      layers.exit(call, null)
      recorder.add(slot, phaseMs)
      commit()
    }
    expect(steps().map(({ forward }) => forward.phase_cpu_ms)).toEqual([5, null])
  })

  test('only sampled steps are measured, and the sampler learns of all of them', () => {
    const { layers, enter, commit, steps, observed, sampled } = startTest(0.25)
    sampled.delete(2)
    for (let i = 0; i < 4; i++) {
      const isSampled = layers.sampling
      expect(isSampled).toBe(i === 0 || i === 2)
      const call = enter('a')
      expect(call === null).toBe(!isSampled)
      if (call !== null) layers.exit(call, null)
      commit()
    }
    expect(steps().map(({ step }) => step)).toEqual([1, 3])
    expect(observed).toEqual([
      { stepMs: 10, costMs: 0.5, sampled: true },
      { stepMs: 10, costMs: 0, sampled: false },
      { stepMs: 10, costMs: 0.5, sampled: true },
      { stepMs: 10, costMs: 0, sampled: false },
    ])
  })

  test('what is open when a step ends counts to none', () => {
    const { layers, enter, pass, commit, steps } = startTest()
    const open = enter('a')
    pass(1)
    commit()
    pass(2)
    layers.exit(open, null)
    layers.exit(enter('b'), null)
    commit()
    expect(layers.resume(open)).toBe(false)
    expect(steps().map(({ forward }) => forward.layers)).toEqual([['a'], ['b']])
  })

  test('a discarded step leaves nothing', () => {
    const { recorder, layers, enter, pass, commit, steps } = startTest()
    const call = enter('a')
    pass(1)
    layers.exit(call, null)
    recorder.discard()
    layers.exit(enter('b'), null)
    commit()
    expect(timesOf(steps()[0], 'forward')).toEqual({ b: 0 })
  })

  test('a step that ended before the newest call is one of several: none of them is measured', () => {
    const { recorder, layers, enter, pass, commit, steps } = startTest()
    pass(1)
    layers.exit(enter('a'), null)
    recorder.commit(1, 0.5)
    layers.exit(enter('a'), null)
    commit()
    expect(steps().map(({ step }) => step)).toEqual([2])
  })

  test('calls that overlap: the step is given up, one line says so, the next is measured', () => {
    const { layers, enter, commit, steps, warnings } = startTest()
    const first = enter('a')
    const second = enter('b')
    layers.exit(first, null)
    expect(layers.sampling).toBe(false)
    layers.exit(second, null)
    commit()
    expect(layers.sampling).toBe(true)
    layers.exit(enter('c'), null)
    commit()
    expect(steps().map(({ step, forward }) => [step, forward.layers])).toEqual([[2, ['c']]])
    expect(warnings).toHaveLength(1)
  })

  test('calls outside of a step do not count', () => {
    const { layers, library, entry, commit, steps } = startTest()
    library.inStep = false
    expect(layers.enter(entry('a'), {})).toBeNull()
    commit()
    expect(steps()).toEqual([])
  })
})
