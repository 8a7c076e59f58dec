import { type AnyFunction, hasMembers, isFunction, type Members } from './library.js'
import { isWrapped, type Patches } from './patches.js'
import type { StepTracker } from './tracker-types.js'

/** Exports of the library that are concrete optimizers. */
const OPTIMIZERS: readonly string[] = [
  'SGDOptimizer',
  'MomentumOptimizer',
  'RMSPropOptimizer',
  'AdagradOptimizer',
  'AdadeltaOptimizer',
  'AdamOptimizer',
  'AdamaxOptimizer',
]

/**
 * Hooks the optimizers of one copy of the library: `applyGradients` of every class, and `minimize`
 * as one piece of work. A class of the user's is hooked when its first object is used.
 */
export function hookOptimizers(exports: Members, tracker: StepTracker, patches: Patches): void {
  for (const name of OPTIMIZERS) {
    const prototype = prototypeOf(exports[name])
    if (prototype !== null) hookUpdate(prototype, tracker, patches)
  }
  const base = prototypeOf(exports['Optimizer'])
  if (base === null) return
  patches.wrap(base, 'minimize', (original) => timedMinimize(original, tracker, patches))
  patches.wrap(base, 'computeGradients', (original) => {
    return function computeGradients(...args) {
      hookUserOptimizer(this, tracker, patches)
      return original.apply(this, args)
    }
  })
}

/** The prototype of an exported class, when it looks like an optimizer's. */
function prototypeOf(exported: unknown): Members | null {
  if (!isFunction(exported)) return null
  const prototype: unknown = (exported as unknown as Members)['prototype']
  if (!hasMembers(prototype) || !isFunction(prototype['minimize'])) return null
  return prototype
}

function hookUpdate(holder: object, tracker: StepTracker, patches: Patches): void {
  patches.wrap(holder, 'applyGradients', (original) => timedUpdate(original, tracker))
}

/** Finds the object in the chain that holds this optimizer's own `applyGradients`. */
function hookUserOptimizer(optimizer: unknown, tracker: StepTracker, patches: Patches): void {
  if (!hasMembers(optimizer) || isWrapped(optimizer['applyGradients'])) return
  let holder: unknown = optimizer
  while (hasMembers(holder) && !Object.hasOwn(holder, 'applyGradients'))
    holder = Object.getPrototypeOf(holder)
  if (hasMembers(holder)) hookUpdate(holder, tracker, patches)
}

function timedUpdate(original: AnyFunction, tracker: StepTracker): AnyFunction {
  return function applyGradients(...args) {
    if (!tracker.active || !tracker.beginRegion('update')) return original.apply(this, args)
    const startMs = tracker.beginCompute('update')
    tracker.device?.enter('optimizer')
    let succeeded = false
    try {
      const result = original.apply(this, args)
      succeeded = true
      return result
    } finally {
      tracker.device?.enter(null)
      const endMs = tracker.now()
      tracker.endRegion('update')
      if (succeeded) tracker.addOptimizer(endMs - startMs)
      tracker.endCompute(succeeded, endMs)
    }
  }
}

function timedMinimize(original: AnyFunction, tracker: StepTracker, patches: Patches): AnyFunction {
  return function minimize(...args) {
    if (!tracker.active) return original.apply(this, args)
    hookUserOptimizer(this, tracker, patches)
    tracker.beginCompute('minimize')
    let succeeded = false
    try {
      const result = original.apply(this, args)
      succeeded = true
      return result
    } finally {
      tracker.endCompute(succeeded, tracker.now())
    }
  }
}
