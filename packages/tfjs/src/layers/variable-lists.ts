import type { LayerEntry, LayerParameter } from '@traceml/runtime/layers'
import { hasMembers, type Members } from '../library.js'
import { bytesOf, isVariable, type TensorLike } from './tensors.js'

/** Finds the variables of layers that are functions: those that their operations read. */
export interface VariableLists {
  /** Notes the variables among the inputs of an operation of the layer. */
  note(entry: LayerEntry, inputs: unknown): void
}

/** Creates empty lists. They keep no variable alive. */
export function createVariableLists(): VariableLists {
  const lists = new WeakMap<LayerEntry, WeakRef<TensorLike & Members>[]>()
  const known = new WeakSet<object>()
  return {
    note(entry, inputs) {
      if (!hasMembers(inputs)) return
      for (const name in inputs) {
        const input = inputs[name]
        if (!isVariable(input) || known.has(input)) continue
        known.add(input)
        let list = lists.get(entry)
        if (list === undefined) {
          const created: WeakRef<TensorLike & Members>[] = []
          entry.parameters.push(() => created.flatMap(parameterOf))
          lists.set(entry, created)
          list = created
        }
        list.push(new WeakRef(input))
      }
    },
  }
}

function parameterOf(reference: WeakRef<TensorLike & Members>): readonly LayerParameter[] {
  const variable = reference.deref()
  if (variable === undefined || variable['isDisposed'] === true) return []
  return [{ key: variable, bytes: bytesOf(variable), isTrained: variable['trainable'] === true }]
}
