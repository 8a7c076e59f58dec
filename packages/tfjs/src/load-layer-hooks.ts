import type { LayerRecorder } from '@traceml/runtime/layers'
import type { GradientState } from './gradient-state.js'
import type { EngineLike, Members } from './library.js'
import type { Patches } from './patches.js'
import type { StepTracker } from './tracker-types.js'

/** The hooks that measure layers, for one engine at a time. */
export interface LayerHooks {
  /** Follows the gradients of an engine. */
  hookEngine(engine: EngineLike, tracker: StepTracker, gradient: GradientState): EngineLayers
}

/** The same, on one engine. */
export interface EngineLayers {
  /** Hooks the layers and models of one copy of the library. */
  hookClasses(exports: Members, patches: Patches): void
  uninstall(): void
}

/** What of a runtime is needed to measure layers. */
export interface LayerRuntime {
  readonly layers: LayerRecorder | null
  readonly ready: Promise<void>
}

/**
 * Loads what measures layers, for `options.layers` of the instrumentation; null where the runtime
 * measures none (every profile but `deep`), and then nothing is loaded.
 */
export async function loadLayerHooks(runtime: LayerRuntime): Promise<LayerHooks | null> {
  await runtime.ready
  if (runtime.layers === null) return null
  const { createLayerHooks } = await import('./layers/layer-hooks.js')
  return createLayerHooks(runtime.layers)
}
