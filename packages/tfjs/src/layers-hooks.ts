import type { DatasetHooks } from './dataset-hooks.js'
import { attachToHistory } from './history-hook.js'
import { type AnyFunction, hasMembers, isFunction, type Members } from './library.js'
import type { Patches } from './patches.js'
import { settle } from './settle.js'
import { hookYields } from './signals/yield-hook.js'
import type { LoopKind, StepTracker } from './tracker-types.js'

/** Methods whose time belongs to no training step. */
const VALIDATIONS: readonly string[] = ['evaluate', 'evaluateDataset', 'testLoop']
/** Methods whose time belongs to no training step unless the steps need them. */
const PREDICTIONS: readonly string[] = ['predict', 'predictOnBatch']

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
  for (const key of VALIDATIONS) {
    patches.wrap(prototype, key, (original) =>
      trackedSpan(original, tracker, tracker.beginCut, tracker.endCut),
    )
  }
  for (const key of PREDICTIONS) {
    patches.wrap(prototype, key, (original) =>
      trackedSpan(original, tracker, tracker.beginPrediction, tracker.endPrediction),
    )
  }
  hookYields(exports, tracker, patches)
  patches.wrap(prototype, 'save', (original) =>
    trackedSpan(
      original,
      tracker,
      () => {
        tracker.signals.beginSave()
        tracker.beginResults()
      },
      () => {
        tracker.endResults()
        tracker.signals.endSave()
      },
    ),
  )
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
    const options = args[kind === 'fit' ? 2 : 1]
    tracker.signals.beginFit(hasMembers(options) ? options['yieldEvery'] : null)
    if (kind === 'fitDataset') args[0] = datasets.timedView(args[0])
    return settle(
      () => original.apply(this, args),
      (succeeded) => {
        detach(succeeded)
        tracker.signals.endFit()
      },
    )
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

function trackedSpan(
  original: AnyFunction,
  tracker: StepTracker,
  begin: () => void,
  end: () => void,
): AnyFunction {
  return function span(...args) {
    // Within the function that is differentiated it is the forward pass.
    if (tracker.computeDepth > 0 || !tracker.active) return original.apply(this, args)
    begin()
    return settle(() => original.apply(this, args), end)
  }
}
