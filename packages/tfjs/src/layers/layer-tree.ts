import type { LayerParameter } from '@traceml/runtime/layers'
import { hasMembers, isFunction, type Members } from '../library.js'
import { bytesOf, isTensor } from './tensors.js'

/** Where layers of the library keep the layers that they call: the first that is there counts. */
const INNER_KEYS: readonly (readonly string[])[] = [
  ['forwardLayer', 'backwardLayer'],
  ['layer'],
  ['cell'],
]

/** True for models, and for anything else that is made of layers. */
export function isContainer(value: unknown): value is Members & { readonly layers: unknown[] } {
  return hasMembers(value) && Array.isArray(value['layers'])
}

/** True for layers of the library, cells of recurrent ones included. */
export function isLayer(value: unknown): value is Members {
  return hasMembers(value) && isFunction(value['call']) && isFunction(value['getClassName'])
}

/** Layers that a model is made of, without its inputs, which do nothing. */
export function layersOf(container: { readonly layers: readonly unknown[] }): Members[] {
  return container.layers.filter(
    (layer): layer is Members => isLayer(layer) && classOf(layer) !== 'InputLayer',
  )
}

/** Layers inside a layer whose `call` it uses: those of wrappers, cells of recurrent layers. */
export function innerLayers(layer: Members): Members[] {
  const cells: unknown = layer['cells']
  if (Array.isArray(cells)) return cells.filter(isLayer)
  const keys = INNER_KEYS.find(([first = '']) => isLayer(layer[first])) ?? []
  return keys.map((key) => layer[key]).filter(isLayer)
}

/** Class of a layer, for example `Dense`; the name survives a bundle that mangles classes. */
export function classOf(layer: Members): string | null {
  const getClassName = layer['getClassName']
  const name = isFunction(getClassName) ? getClassName.call(layer) : null
  return typeof name === 'string' ? name : null
}

/** Name of a layer, as the library or the user gave it. */
export function nameOf(layer: Members): string {
  const name = layer['name']
  return typeof name === 'string' && name !== '' ? name : (classOf(layer) ?? 'layer')
}

/**
 * Lists the parameters of a layer without those of layers inside it, again at each call.
 * @param trained - What the model trains, as it was compiled; null: what the layers say.
 */
export function parametersOf(
  layer: Members,
  trained: () => readonly unknown[] | null,
): () => readonly LayerParameter[] {
  const reference = new WeakRef(layer)
  return () => {
    const current = reference.deref()
    if (current === undefined || isContainer(current)) return []
    const weights = list(current['weights'])
    if (weights.length === 0) return []
    const inner = innerLayers(current).flatMap((child) => list(child['weights']))
    const trainable = list(current['trainableWeights'])
    const compiled = trained()
    return weights
      .filter((weight) => !inner.includes(weight))
      .flatMap((weight) => {
        const isTrained =
          trainable.includes(weight) && (compiled === null || compiled.includes(weight))
        return parameterOf(weight, isTrained)
      })
  }
}

/** A weight of a layer holds a variable of the engine. */
function parameterOf(weight: unknown, isTrained: boolean): readonly LayerParameter[] {
  const variable = hasMembers(weight) ? weight['val'] : null
  if (!isTensor(variable)) return []
  return [{ key: variable, bytes: bytesOf(variable), isTrained }]
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
