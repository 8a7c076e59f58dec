import { type AnyFunction, type EngineLike, isFunction, isThenable } from './library.js'
import type { Patches } from './patches.js'
import type { StepTracker } from './step-tracker.js'

/**
 * Hooks the engine instance: gradients (forward and backward), reads, uploads and assignments to
 * variables. One engine serves every copy of the library in a process, so this reaches every
 * training path. What a version of the library lacks is left out.
 */
export function hookEngine(engine: EngineLike, tracker: StepTracker, patches: Patches): void {
  patches.wrap(engine, 'gradients', (original) => timedGradients(original, tracker))
  patches.wrap(engine, 'read', (original) => timedRead(original, tracker))
  patches.wrap(engine, 'readSync', (original) => timedRead(original, tracker))
  patches.wrap(engine, 'makeTensor', (original) => timedUpload(original, tracker))
  patches.wrap(engine, 'incRef', (original) => notedAssign(original, tracker))
}

/** Forward is the time inside the function that is differentiated, backward is the rest. */
function timedGradients(original: AnyFunction, tracker: StepTracker): AnyFunction {
  let forward: AnyFunction | null = null
  let forwardMs = 0

  // One function for all calls: only the outermost call is timed, so there is one at a time.
  function timedForward(this: unknown, ...args: unknown[]): unknown {
    const run = forward as AnyFunction
    const startMs = tracker.now()
    try {
      return run.apply(this, args)
    } finally {
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
    const startMs = tracker.beginCompute()
    let succeeded = false
    try {
      const result = original.apply(this, args)
      succeeded = true
      return result
    } finally {
      tracker.endRegion('gradient')
      forward = null
      const endMs = tracker.now()
      if (succeeded) tracker.addGradient(forwardMs, Math.max(0, endMs - startMs - forwardMs))
      tracker.endCompute(succeeded, endMs)
    }
  }
}

/** Waiting for results between steps is part of the training, not of the input. */
function timedRead(original: AnyFunction, tracker: StepTracker): AnyFunction {
  return function read(...args) {
    if (tracker.computeDepth > 0 || !tracker.active) return original.apply(this, args)
    tracker.beginRead()
    let pending = false
    try {
      const result = original.apply(this, args)
      if (!isThenable(result)) return result
      pending = true
      return result.then(
        (value) => {
          tracker.endRead()
          return value
        },
        (error: unknown) => {
          tracker.endRead()
          throw error
        },
      )
    } finally {
      if (!pending) tracker.endRead()
    }
  }
}

/** Creating a tensor outside of the step's own work copies a batch to the device. */
function timedUpload(original: AnyFunction, tracker: StepTracker): AnyFunction {
  return function makeTensor(...args) {
    if (tracker.computeDepth > 0 || !tracker.active || !tracker.measuresUpload())
      return original.apply(this, args)
    const startMs = tracker.now()
    const result = original.apply(this, args)
    tracker.addUpload(tracker.now() - startMs)
    return result
  }
}

/** `Variable.assign` ends here: a hand-written update, when no optimizer is at work. */
function notedAssign(original: AnyFunction, tracker: StepTracker): AnyFunction {
  return function incRef(...args) {
    const result = original.apply(this, args)
    if (tracker.computeDepth === 0 && tracker.active) tracker.noteAssign()
    return result
  }
}
