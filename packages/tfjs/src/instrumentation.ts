import { createDatasetHooks } from './dataset-hooks.js'
import { hookEngine } from './engine-hooks.js'
import { createGradientState } from './gradient-state.js'
import { hookLayers } from './layers-hooks.js'
import { type EngineLike, hasMembers, isFunction, type Members } from './library.js'
import { hookOptimizers } from './optimizer-hooks.js'
import { createPatches, type Patches } from './patches.js'
import { createStepTracker } from './step-tracker.js'
import type { StepTracker, StepTrackerOptions } from './tracker-types.js'
import { createWeakPatches } from './weak-patches.js'

/** Where an engine carries the instrumentation that is installed on it. */
const INSTALLED: unique symbol = Symbol.for('traceml.tfjs.instrumentation') as never

/** The hooks on one engine and on the copies of the library that use it. */
export interface Instrumentation {
  readonly tracker: StepTracker
  /**
   * Hooks the classes of one copy of the library (optimizers, models, datasets).
   * @returns What takes these hooks off again.
   */
  hookClasses(exports: object): () => void
  /** Takes every hook off and stops tracking. Idempotent. */
  uninstall(): void
}

/** What an instrumentation needs: a recorder, and optionally what else the SDK shares with it. */
export type InstrumentationOptions = Omit<StepTrackerOptions, 'engine'>

/** The instrumentation of an engine, made by any copy of this package, or null. */
export function installedOn(engine: EngineLike): Instrumentation | null {
  const installed = (engine as unknown as Members)[INSTALLED]
  return hasMembers(installed) && isFunction(installed['hookClasses'])
    ? (installed as unknown as Instrumentation)
    : null
}

/** Hooks an engine that has no instrumentation yet. */
export function instrumentEngine(
  engine: EngineLike,
  options: InstrumentationOptions,
): Instrumentation {
  const tracker = createStepTracker({ ...options, engine })
  const gradient = createGradientState()
  const layers = options.layers?.hookEngine(engine, tracker, gradient) ?? null
  const weak = createWeakPatches()
  const datasets = createDatasetHooks(tracker, weak)
  const all: Patches[] = []
  const hooked = new WeakSet<object>()

  function add(): Patches {
    const patches = createPatches()
    all.push(patches)
    return patches
  }

  const instrumentation: Instrumentation = {
    tracker,
    hookClasses(exports) {
      if (hooked.has(exports)) return () => {}
      hooked.add(exports)
      const members = exports as Members
      const patches = add()
      hookOptimizers(members, tracker, patches)
      hookLayers(members, tracker, patches, datasets)
      datasets.hookClass(members, patches)
      layers?.hookClasses(members, patches)
      const data = members['data']
      if (hasMembers(data)) datasets.hookClass(data, patches)
      return () => {
        hooked.delete(exports)
        patches.restore()
      }
    },
    uninstall() {
      tracker.close()
      layers?.uninstall()
      weak.restore()
      for (const patches of all.splice(0).reverse()) patches.restore()
    },
  }

  const patches = add()
  hookEngine(engine, tracker, gradient, patches)
  Object.defineProperty(engine, INSTALLED, { value: instrumentation, configurable: true })
  patches.onRestore(() => Reflect.deleteProperty(engine, INSTALLED))
  return instrumentation
}
