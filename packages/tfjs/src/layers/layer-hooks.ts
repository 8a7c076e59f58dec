import type { LayerCall, LayerModel, LayerRecorder } from '@traceml/runtime/layers'
import { type AnyFunction, hasMembers, isFunction, type Members } from '../library.js'
import type { EngineLayers, LayerHooks } from '../load-layer-hooks.js'
import type { Patches } from '../patches.js'
import type { StepTracker } from '../tracker-types.js'
import { createWeakPatches } from '../weak-patches.js'
import { createLayerPlaces, type LayerPlaces } from './layer-places.js'
import { isContainer, isLayer } from './layer-tree.js'
import { createTapeLibrary } from './tape-library.js'
import { isTensor } from './tensors.js'

/** Methods of a `Sequential` that pass the work on to the model it has built. */
const PASSED_ON: readonly string[] = [
  'fit',
  'fitDataset',
  'trainOnBatch',
  'predict',
  'predictOnBatch',
]

/** Creates the hooks that measure layers of the Layers API. Only the deep profile loads them. */
export function createLayerHooks(layers: LayerRecorder): LayerHooks {
  return {
    hookEngine(engine, tracker, gradient) {
      const removeLibrary = layers.setLibrary(createTapeLibrary(engine, tracker, gradient, layers))
      gradient.onChange = () => layers.turn()
      return hooksOf(layers, tracker, () => {
        gradient.onChange = null
        removeLibrary()
      })
    },
  }
}

function hooksOf(layers: LayerRecorder, tracker: StepTracker, undo: () => void): EngineLayers {
  const calls = createWeakPatches()
  const places = createLayerPlaces(layers, (layer) => {
    calls.wrap(layer, 'call', (original) => measured(original, layers, tracker, places))
  })
  return {
    hookClasses(exports, patches) {
      const model = prototypeOf(exports['LayersModel'])
      if (model === null) return
      const layer = holderOf(model, 'apply')
      if (layer !== null) {
        patches.wrap(layer, 'apply', (original) => measured(original, layers, tracker, places))
      }
      hookModels(model, layers, tracker, places, patches)
      hookSequential(prototypeOf(exports['Sequential']), places, patches)
    },
    uninstall() {
      calls.restore()
      undo()
    },
  }
}

function prototypeOf(exported: unknown): Members | null {
  const prototype = isFunction(exported) ? (exported as unknown as Members)['prototype'] : null
  return hasMembers(prototype) ? prototype : null
}

/** The object in the chain of prototypes that has the method itself. */
function holderOf(prototype: Members, key: string): Members | null {
  let holder: unknown = prototype
  while (hasMembers(holder) && !Object.hasOwn(holder, key)) holder = Object.getPrototypeOf(holder)
  return hasMembers(holder) ? holder : null
}

/** `apply` of every layer, and `call` of those that others call directly. */
function measured(
  original: AnyFunction,
  layers: LayerRecorder,
  tracker: StepTracker,
  places: LayerPlaces,
): AnyFunction {
  return function run(...args) {
    if (!layers.sampling) return original.apply(this, args)
    // `apply` ends in `call` of the same layer.
    if (!tracker.inStep || layers.top?.target === this || !isLayer(this) || !isReal(args[0]))
      return original.apply(this, args)
    if (isOutermostModel(this, layers, places))
      return within(layers, places, this, () => original.apply(this, args))
    const call = begin(this, layers, places)
    if (call === null) return original.apply(this, args)
    let output: unknown
    try {
      output = original.apply(this, args)
      return output
    } finally {
      layers.exit(call, output)
    }
  }
}

/** False for symbols, with which a model is put together. */
function isReal(inputs: unknown): boolean {
  return isTensor(Array.isArray(inputs) ? inputs[0] : inputs)
}

/** True for a model that is no part of another one that is called now. */
function isOutermostModel(layer: Members, layers: LayerRecorder, places: LayerPlaces): boolean {
  if (!isContainer(layer) || layers.top !== null) return false
  return layers.model === null || !places.holds(layers.model, layer)
}

/** Never throws: a tool must not cost a call. */
function begin(layer: Members, layers: LayerRecorder, places: LayerPlaces): LayerCall | null {
  try {
    const entry = places.entryOf(layer)
    return entry === null ? null : layers.enter(entry, layer)
  } catch {
    return null
  }
}

/** Runs what calls the layers of a model. */
function within(
  layers: LayerRecorder,
  places: LayerPlaces,
  model: Members,
  run: () => unknown,
): unknown {
  const before = layers.model
  layers.model = modelOf(places, model)
  try {
    return run()
  } finally {
    layers.model = before
  }
}

function modelOf(places: LayerPlaces, model: Members): LayerModel | null {
  try {
    return places.modelOf(model)
  } catch {
    return null
  }
}

/** Models call their layers without a call of their own when they are trained, and in predictions. */
function hookModels(
  prototype: Members,
  layers: LayerRecorder,
  tracker: StepTracker,
  places: LayerPlaces,
  patches: Patches,
): void {
  patches.wrap(prototype, 'makeTrainFunction', (original) => {
    return function makeTrainFunction(...made) {
      const train = original.apply(this, made)
      if (!isFunction(train) || !hasMembers(this)) return train
      return (...args: unknown[]) => {
        if (!layers.sampling) return train(...args)
        return within(layers, places, this, () => train(...args))
      }
    }
  })
  patches.wrap(prototype, 'predictLoop', (original) => {
    return function predictLoop(...args) {
      if (!layers.sampling || !tracker.inStep || !hasMembers(this))
        return original.apply(this, args)
      return within(layers, places, this, () => original.apply(this, args))
    }
  })
}

function hookSequential(prototype: Members | null, places: LayerPlaces, patches: Patches): void {
  if (prototype === null) return
  for (const key of PASSED_ON) {
    patches.wrap(prototype, key, (original) => {
      return function passOn(...args) {
        if (hasMembers(this) && hasMembers(this['model'])) places.noteOwner(this['model'], this)
        return original.apply(this, args)
      }
    })
  }
}
