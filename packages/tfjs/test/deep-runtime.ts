import { type LocalRuntime, startLocalRuntime } from '@traceml/runtime'
import { instrumentTensorFlow } from '../src/instrument-tensorflow.js'
import { loadLayerHooks } from '../src/load-layer-hooks.js'
import { EVERY_STEP, type LayerFacts, readLayerFacts } from './layer-facts.js'
import { tf } from './tensorflow.js'

/** A runtime of the deep profile that measures every step, with the library instrumented. */
export interface DeepRuntime {
  readonly runtime: LocalRuntime
  /** What was published since the last call. */
  read(): LayerFacts
  stop(): void
}

export async function startDeepRuntime(): Promise<DeepRuntime> {
  const runtime = startLocalRuntime({ profile: 'deep', layerSampler: EVERY_STEP })
  const uninstall = instrumentTensorFlow(tf, {
    recorder: runtime.recorder,
    guard: runtime.phases,
    layers: await loadLayerHooks(runtime),
  })
  return {
    runtime,
    read: () => readLayerFacts(runtime),
    stop() {
      uninstall()
      runtime[Symbol.dispose]()
    },
  }
}
