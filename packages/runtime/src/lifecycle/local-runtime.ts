import { performance } from 'node:perf_hooks'
import type { FactSource } from '@traceml/contracts'
import type { RuntimeHandle } from '../active-runtime.js'
import { activeRuntime, setActiveRuntime, setInitState } from '../active-runtime.js'
import { createFactStore } from '../agent/fact-store.js'
import type { LayerRecorder } from '../layers/layer-library.js'
import type { StepSampler } from '../layers/step-sampler.js'
import { createPhaseGuard } from '../phase-guard.js'
import { createSharedState, DEFAULT_RING_BYTES } from '../recorder/shared-layout.js'
import { createStepRecorder } from '../recorder/step-recorder.js'
import type { RingStepSource } from '../recorder/step-source.js'
import { createStepSource } from '../recorder/step-source.js'
import { loadLayers } from './load-layers.js'
import type { RuntimeOptionOverrides } from './runtime-options.js'
import { resolveRuntimeOptions } from './runtime-options.js'

/** What only a local runtime can be given. */
export interface LocalRuntimeOptions {
  /** Which steps the profile `deep` measures; default: by the budget of the environment. */
  readonly layerSampler?: StepSampler
}

/** A runtime whose steps are read in the same thread. */
export interface LocalRuntime extends RuntimeHandle {
  /** What was recorded, for the caller to read. */
  readonly steps: RingStepSource
  /** What was published, for the caller to read. */
  readonly facts: FactSource
  /** Ends it at once. */
  [Symbol.dispose](): void
}

/**
 * Starts recording this process without an agent thread, a network or a signal handler: the caller
 * reads the steps. For tests of instrumentations, and for tools that want the steps themselves.
 * It replaces the runtime of the process, so stop it before another one starts.
 *
 * @example
 * ```ts
 * using runtime = startLocalRuntime()
 * traceStep(() => train())
 * runtime.steps.read('me', (step) => seen.push(step.step))
 * ```
 */
export function startLocalRuntime(
  options: RuntimeOptionOverrides & LocalRuntimeOptions = {},
): LocalRuntime {
  const resolved = resolveRuntimeOptions(options, {})
  const shared = createSharedState({
    ringBytes: resolved.ringBytes ?? DEFAULT_RING_BYTES,
    outputBytes: 0,
  })
  const facts = createFactStore()
  const recorder = createStepRecorder({
    shared,
    maxSteps: resolved.traceMaxSteps,
    onFact: (topic, fact) => facts.add(topic, structuredClone(fact)),
  })
  const phases = createPhaseGuard(recorder)
  const ready = loadLayers({ recorder, phases, options: resolved }, options.layerSampler).then(
    (loaded) => {
      if (loaded !== null) handle.layers = loaded
    },
  )
  const stop = (): void => {
    recorder.close()
    if (activeRuntime() !== handle) return
    setActiveRuntime(null)
    setInitState(null)
  }
  const handle: LocalRuntime & { layers: LayerRecorder | null } = {
    apiVersion: 1,
    active: true,
    recorder,
    phases,
    options: resolved,
    layers: null,
    ready,
    facts,
    steps: createStepSource({ shared, wallOriginMs: () => performance.timeOrigin }),
    flush: () => Promise.resolve(true),
    waitForAggregator: () => true,
    stop: () => Promise.resolve(stop()),
    [Symbol.asyncDispose]: () => Promise.resolve(stop()),
    [Symbol.dispose]: stop,
  }
  setActiveRuntime(handle)
  return handle
}
