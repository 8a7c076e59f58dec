import {
  joinPath,
  type LayerEntry,
  type LayerModel,
  type LayerRecorder,
} from '@traceml/runtime/layers'
import { hasMembers, type Members } from '../library.js'
import { classOf, innerLayers, isContainer, layersOf, nameOf, parametersOf } from './layer-tree.js'

/** Knows where in which model a layer is. */
export interface LayerPlaces {
  /** A model is known by another object: a `Sequential` trains a model of its own making. */
  noteOwner(inner: object, owner: object): void
  /** The measured model of a model of the library; its layers are known from then on. */
  modelOf(model: Members): LayerModel | null
  /** True when the layer is a part of the model. */
  holds(model: LayerModel, layer: Members): boolean
  /** The layer's place in the model that is called now; made when the layer is met first. */
  entryOf(layer: Members): LayerEntry | null
}

/**
 * Creates places of which none is known yet.
 * @param found - Called for each layer whose `call` is used by another layer.
 */
export function createLayerPlaces(
  layers: LayerRecorder,
  found: (layer: Members) => void,
): LayerPlaces {
  const owners = new WeakMap<object, object>()
  const places = new WeakMap<LayerModel, WeakMap<object, LayerEntry>>()
  // The object that was called last for a model: a Sequential makes a new one with each compilation.
  const called = new WeakMap<LayerModel, WeakRef<Members>>()

  function placesIn(model: LayerModel): WeakMap<object, LayerEntry> {
    let known = places.get(model)
    if (known === undefined) {
      known = new WeakMap()
      places.set(model, known)
    }
    return known
  }

  /** Puts a layer, and what it is made of, into a model. */
  function place(
    model: LayerModel,
    layer: Members,
    outerPath: string | null,
    trained: () => readonly unknown[] | null,
  ): LayerEntry | null {
    const known = placesIn(model)
    const present = known.get(layer)
    // A shared layer is where it is met first.
    if (present !== undefined) return present
    const entry = model.entry(joinPath(outerPath, nameOf(layer)), classOf(layer))
    if (entry === null) return null
    known.set(layer, entry)
    entry.parameters.push(parametersOf(layer, trained))
    if (isContainer(layer)) {
      for (const part of layersOf(layer)) place(model, part, entry.path, trained)
    } else {
      for (const inner of innerLayers(layer)) {
        place(model, inner, entry.path, trained)
        found(inner)
      }
    }
    return entry
  }

  return {
    noteOwner(inner, owner) {
      owners.set(inner, owner)
    },
    modelOf(inner) {
      const owner = owners.get(inner)
      const root = hasMembers(owner) ? owner : inner
      const model = layers.modelOf(root, nameOf(root))
      if (model === null) return null
      if (called.get(model)?.deref() !== inner) called.set(model, new WeakRef(inner))
      if (places.has(model)) return model
      placesIn(model)
      const trained = (): readonly unknown[] | null => {
        const compiled = called.get(model)?.deref()?.['collectedTrainableWeights']
        return Array.isArray(compiled) ? compiled : null
      }
      if (isContainer(root)) for (const part of layersOf(root)) place(model, part, null, trained)
      return model
    },
    holds: (model, layer) => places.get(model)?.has(layer) ?? false,
    entryOf(layer) {
      const model = layers.currentModel ?? layers.modelOfNone()
      if (model === null) return null
      return place(model, layer, layers.top?.entry.path ?? null, () => null)
    },
  }
}
