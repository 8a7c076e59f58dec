import type { LayerCall, LayerLibrary, LayerRecorder } from '@traceml/runtime/layers'
import type { GradientState } from '../gradient-state.js'
import {
  type AnyFunction,
  type EngineLike,
  hasMembers,
  isFunction,
  type Members,
} from '../library.js'
import type { StepTracker } from '../tracker-types.js'
import { bytesOf, isTensor, visitTensors } from './tensors.js'
import { createVariableLists } from './variable-lists.js'

/** An operation that the engine recorded to compute gradients later. */
interface TapeNode {
  readonly inputs?: unknown
  readonly outputs?: unknown
  gradient?: unknown
}

/** What a call returned: tensors by their number, and the bytes of their gradients so far. */
interface Outputs {
  readonly ids: ReadonlySet<number>
  gradientBytes: number
}

/**
 * Follows layers through the engine's tape: operations that are recorded while a layer runs are the
 * layer's, and so is the time of their gradients. Where an engine has no such tape, only forward
 * passes are followed.
 */
export function createTapeLibrary(
  engine: EngineLike,
  tracker: StepTracker,
  gradient: GradientState,
  layers: LayerRecorder,
): LayerLibrary {
  const variables = createVariableLists()
  // A tensor that a layer hands on from one inside it is the inner one's.
  const noted = new WeakSet<object>()
  let tape: readonly unknown[] | null = null
  let claimed = 0
  let follows: boolean | null = null

  function take(node: unknown, call: LayerCall): void {
    if (!hasMembers(node) || !isFunction(node['gradient'])) return
    if (call.entry.type === null) variables.note(call.entry, node['inputs'])
    ;(node as TapeNode).gradient = timedGradient(node['gradient'], node['outputs'], call, layers)
  }

  return {
    get inStep() {
      return tracker.inStep
    },
    get inBackward() {
      return gradient.half === 'backward'
    },
    get followsBackward() {
      return follows
    },
    claim(call) {
      const state = engine.state
      const active = (state?.gradientDepth ?? 0) > 0 ? state?.activeTape : null
      if (!Array.isArray(active)) {
        if (gradient.half === 'forward') follows = false
        tape = null
        return
      }
      follows = true
      if (active !== tape) {
        tape = active
        claimed = 0
      }
      if (call !== null) {
        for (let index = claimed; index < active.length; index++) take(active[index], call)
      }
      claimed = active.length
    },
    noteOutput(call, output) {
      const ids = new Set<number>()
      let bytes: number | null = null
      visitTensors(output, (tensor) => {
        bytes ??= 0
        if (noted.has(tensor)) return
        noted.add(tensor)
        ids.add(tensor.id)
        bytes += bytesOf(tensor)
      })
      call.outputs = { ids, gradientBytes: 0 } satisfies Outputs
      return bytes
    },
  }
}

/** The gradient function of an operation: it returns a function for the gradient of each input. */
function timedGradient(
  original: AnyFunction,
  outputs: unknown,
  call: LayerCall,
  layers: LayerRecorder,
): AnyFunction {
  return function gradient(...args) {
    if (!layers.resume(call)) return original.apply(this, args)
    let gradients: unknown
    try {
      gradients = original.apply(this, args)
    } finally {
      layers.suspend(call, gradientBytes(call, outputs, args[0]))
    }
    return hasMembers(gradients) ? timedInputs(gradients, call, layers) : gradients
  }
}

/** The work is in these functions. A copy, for the object may be the program's. */
function timedInputs(gradients: Members, call: LayerCall, layers: LayerRecorder): Members {
  const timed: Members = {}
  for (const name in gradients) {
    const original = gradients[name]
    timed[name] = isFunction(original)
      ? () => {
          if (!layers.resume(call)) return original.call(gradients)
          try {
            return original.call(gradients)
          } finally {
            layers.suspend(call, null)
          }
        }
      : original
  }
  return timed
}

/** Bytes of the gradients of the call's outputs that have arrived so far; null when there are none. */
function gradientBytes(call: LayerCall, outputs: unknown, dys: unknown): number | null {
  const noted = call.outputs as Outputs | null
  if (noted === null || !Array.isArray(outputs) || !Array.isArray(dys)) return null
  let own = false
  for (let index = 0; index < outputs.length; index++) {
    const output: unknown = outputs[index]
    const dy: unknown = dys[index]
    if (!isTensor(output) || !isTensor(dy) || !noted.ids.has(output.id)) continue
    own = true
    noted.gradientBytes += bytesOf(dy)
  }
  return own ? noted.gradientBytes : null
}
