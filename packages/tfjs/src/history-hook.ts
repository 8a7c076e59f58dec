import { hasMembers, isFunction, type Members } from './library.js'
import { createPatches, type Patches } from './patches.js'
import type { LoopKind, StepTracker } from './tracker-types.js'

/**
 * Follows one call of `fit` or `fitDataset` through the library's own `History` callback. The
 * library assigns it to `model.history` before the training begins and calls it after every
 * callback of the user's, so nothing of what the user passed needs to change.
 *
 * @returns What puts everything back and ends the loop; to be called once, when the call settles.
 */
export function attachToHistory(
  model: Members,
  kind: LoopKind,
  tracker: StepTracker,
): (succeeded: boolean) => void {
  const before = Object.getOwnPropertyDescriptor(model, 'history')
  const patches = createPatches()
  let attached = false

  if (before?.configurable !== false && Object.isExtensible(model)) {
    Object.defineProperty(model, 'history', {
      configurable: true,
      enumerable: before?.enumerable ?? true,
      get: () => before?.value,
      set(value: unknown) {
        define(model, value)
        attached = hookHistory(value, tracker, patches)
        if (attached) tracker.beginLoop(kind)
      },
    })
  }

  return (succeeded) => {
    patches.restore()
    const current = Object.getOwnPropertyDescriptor(model, 'history')
    // Still our accessor: the call failed before the training began.
    if (current?.set !== undefined) {
      if (before === undefined) Reflect.deleteProperty(model, 'history')
      else Object.defineProperty(model, 'history', before)
    }
    if (attached) tracker.endLoop(succeeded)
  }
}

function define(model: Members, value: unknown): void {
  const descriptor = { value, writable: true, enumerable: true, configurable: true }
  Object.defineProperty(model, 'history', descriptor)
}

/** False when this is not the callback that it is in the known versions of the library. */
function hookHistory(history: unknown, tracker: StepTracker, patches: Patches): boolean {
  if (!hasMembers(history) || !isFunction(history['onBatchEnd'])) return false
  patches.wrap(history, 'onEpochBegin', (original) => {
    return function onEpochBegin(...args) {
      tracker.beginEpoch()
      tracker.signals.beginEpoch(heldTensors(this))
      return original.apply(this, args)
    }
  })
  patches.wrap(history, 'onBatchBegin', (original) => {
    return function onBatchBegin(...args) {
      tracker.beginBatch()
      return original.apply(this, args)
    }
  })
  return patches.wrap(history, 'onBatchEnd', (original) => {
    return function onBatchEnd(...args) {
      tracker.endBatch()
      return original.apply(this, args)
    }
  })
}

/** Tensors of earlier epochs that the callback keeps until the end of `fit`: numbers are none. */
function heldTensors(history: unknown): number {
  const logs = hasMembers(history) ? history['history'] : null
  if (!hasMembers(logs)) return 0
  let held = 0
  for (const key in logs) {
    const values: unknown = logs[key]
    if (Array.isArray(values)) held += values.filter(hasMembers).length
  }
  return held
}
