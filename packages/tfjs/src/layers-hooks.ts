import type { DatasetHooks } from './dataset-hooks.js'
import { attachToHistory } from './history-hook.js'
import { type AnyFunction, hasMembers, isFunction, isThenable, type Members } from './library.js'
import type { Patches } from './patches.js'
import type { LoopKind, StepTracker } from './step-tracker.js'

/** Methods whose time belongs to no training step. */
const OUTSIDE_STEPS: readonly string[] = [
  'evaluate',
  'evaluateDataset',
  'predict',
  'predictOnBatch',
  'testLoop',
]

/** Hooks the Layers API of one copy of the library. */
export function hookLayers(
  exports: Members,
  tracker: StepTracker,
  patches: Patches,
  datasets: DatasetHooks,
): void {
  const exported = exports['LayersModel']
  const prototype = isFunction(exported) ? (exported as unknown as Members)['prototype'] : null
  if (!hasMembers(prototype)) return
  patches.wrap(prototype, 'fit', (original) => trackedLoop(original, 'fit', tracker, datasets))
  patches.wrap(prototype, 'fitDataset', (original) =>
    trackedLoop(original, 'fitDataset', tracker, datasets),
  )
  patches.wrap(prototype, 'trainOnBatch', (original) => trackedCall(original, tracker))
  for (const key of OUTSIDE_STEPS)
    patches.wrap(prototype, key, (original) => cutOut(original, tracker))
}

function trackedLoop(
  original: AnyFunction,
  kind: LoopKind,
  tracker: StepTracker,
  datasets: DatasetHooks,
): AnyFunction {
  return function train(...args) {
    if (!tracker.active || !hasMembers(this)) return original.apply(this, args)
    const detach = attachToHistory(this, kind, tracker)
    if (kind === 'fitDataset') args[0] = datasets.timedView(args[0])
    return settle(() => original.apply(this, args), detach)
  }
}

/** `trainOnBatch` reads the loss before it returns: the whole call is the step. */
function trackedCall(original: AnyFunction, tracker: StepTracker): AnyFunction {
  return function trainOnBatch(...args) {
    if (!tracker.active) return original.apply(this, args)
    tracker.beginCall()
    return settle(() => original.apply(this, args), tracker.endCall)
  }
}

function cutOut(original: AnyFunction, tracker: StepTracker): AnyFunction {
  return function outside(...args) {
    // Within the function that is differentiated it is the forward pass.
    if (tracker.computeDepth > 0 || !tracker.active) return original.apply(this, args)
    tracker.beginCut()
    return settle(() => original.apply(this, args), tracker.endCut)
  }
}

/** Runs what may be asynchronous and reports once when and how it ended. */
function settle(run: () => unknown, ended: (succeeded: boolean) => void): unknown {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    ended(false)
    throw error
  }
  if (!isThenable(result)) {
    ended(true)
    return result
  }
  return result.then(
    (value) => {
      ended(true)
      return value
    },
    (error: unknown) => {
      ended(false)
      throw error
    },
  )
}
