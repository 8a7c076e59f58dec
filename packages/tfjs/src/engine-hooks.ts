import type { GradientState } from './gradient-state.js'
import { type AnyFunction, type EngineLike, hasMembers, isFunction } from './library.js'
import type { Patches } from './patches.js'
import { settle } from './settle.js'
import type { StepTracker } from './tracker-types.js'

/**
 * Hooks the engine instance: gradients (forward and backward), reads, uploads and assignments to
 * variables. One engine serves every copy of the library in a process, so this reaches every
 * training path. What a version of the library lacks is left out.
 */
export function hookEngine(
  engine: EngineLike,
  tracker: StepTracker,
  gradient: GradientState,
  patches: Patches,
): void {
  patches.wrap(engine, 'gradients', (original) => timedGradients(original, tracker, gradient))
  patches.wrap(engine, 'read', (original) => timedRead(original, tracker, false))
  patches.wrap(engine, 'readSync', (original) => timedRead(original, tracker, true))
  patches.wrap(engine, 'makeTensor', (original) => timedUpload(original, tracker, gradient))
  patches.wrap(engine, 'incRef', (original) => noted(original, tracker, true))
  patches.wrap(engine, 'runKernel', (original) => noted(original, tracker, false))
}

/** Forward is the time inside the function that is differentiated, backward is the rest. */
function timedGradients(
  original: AnyFunction,
  tracker: StepTracker,
  state: GradientState,
): AnyFunction {
  let forward: AnyFunction | null = null
  let forwardMs = 0

  // One function for all calls: only the outermost call is timed, so there is one at a time.
  function timedForward(this: unknown, ...args: unknown[]): unknown {
    const run = forward as AnyFunction
    const startMs = tracker.now()
    state.enter('forward')
    tracker.device?.enter('forward')
    try {
      return run.apply(this, args)
    } finally {
      tracker.device?.enter('backward')
      state.enter('backward')
      forwardMs += tracker.now() - startMs
    }
  }

  return function gradients(...args) {
    const differentiated = args[0]
    if (!isFunction(differentiated) || !tracker.active || !tracker.beginRegion('gradient'))
      return original.apply(this, args)
    forward = differentiated
    forwardMs = 0
    args[0] = timedForward
    const startMs = tracker.beginCompute('gradient')
    let succeeded = false
    try {
      const result = original.apply(this, args)
      succeeded = true
      return result
    } finally {
      tracker.endRegion('gradient')
      tracker.device?.enter(null)
      state.enter(null)
      forward = null
      const endMs = tracker.now()
      if (succeeded) tracker.addGradient(forwardMs, Math.max(0, endMs - startMs - forwardMs))
      tracker.endCompute(succeeded, endMs)
    }
  }
}

/** Waiting for results between steps is part of the training, not of the input. */
function timedRead(original: AnyFunction, tracker: StepTracker, isSync: boolean): AnyFunction {
  return function read(...args) {
    if (!tracker.active) return original.apply(this, args)
    const isBetween = tracker.computeDepth === 0
    if (isBetween) tracker.beginResults()
    const startMs = tracker.beginRead(isSync, read)
    return settle(
      () => original.apply(this, args),
      () => {
        tracker.endRead(isSync, startMs)
        if (isBetween) tracker.endResults()
      },
    )
  }
}

/** Creating a tensor outside of the step's own work copies a batch to the device. */
function timedUpload(
  original: AnyFunction,
  tracker: StepTracker,
  gradient: GradientState,
): AnyFunction {
  return function makeTensor(...args) {
    const inside = tracker.computeDepth > 0
    // Backward and optimizer make tensors of their own; the forward function may make the batch.
    if ((inside && gradient.half !== 'forward') || !tracker.active || !holdsSeveralValues(args[0]))
      return original.apply(this, args)
    tracker.noteHostTensor()
    tracker.signals.noteUpload(args[0])
    if (inside || !tracker.measuresUpload()) return original.apply(this, args)
    const startMs = tracker.now()
    const result = original.apply(this, args)
    tracker.addUpload(tracker.now() - startMs)
    return result
  }
}

/** A single value is a constant of the program, not a batch. */
function holdsSeveralValues(values: unknown): boolean {
  return hasMembers(values) && Number(values['length']) > 1
}

/** `Variable.assign` ends in `incRef`, every other operation in `runKernel`. */
function noted(original: AnyFunction, tracker: StepTracker, isAssignment: boolean): AnyFunction {
  return function engineCall(...args) {
    const result = original.apply(this, args)
    if (tracker.computeDepth > 0) {
      if (!isAssignment && tracker.signals.wantsKernels)
        tracker.signals.noteKernel(args[0], args[1], args[2], result)
    } else if (tracker.active) tracker.noteKernel(isAssignment)
    return result
  }
}
