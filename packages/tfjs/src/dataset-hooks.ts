import { createFetchSource, type FetchSource } from './fetch-sources.js'
import { type AnyFunction, hasMembers, isFunction, isThenable, type Members } from './library.js'
import { isWrapped, type Patches } from './patches.js'
import type { StepTracker } from './tracker-types.js'
import type { WeakPatches } from './weak-patches.js'

/** Times fetches from datasets: of `tf.data`, or anything with the same two methods. */
export interface DatasetHooks {
  /** Hooks the dataset class of one copy of the library: every dataset made from then on. */
  hookClass(exports: Members, patches: Patches): void
  /**
   * A view of a dataset whose iterators are timed, for a consumer that takes the dataset itself.
   * What is no dataset is returned as it is.
   */
  timedView(dataset: unknown): unknown
}

/** Creates the hooks of one tracker. */
export function createDatasetHooks(tracker: StepTracker, weak: WeakPatches): DatasetHooks {
  // Datasets made of other datasets ask these for iterators synchronously: only the outermost
  // request is the consumer's, and only its iterator is timed.
  let nesting = 0

  function untimed<T>(run: () => T): T {
    nesting++
    try {
      return run()
    } finally {
      nesting--
    }
  }

  function timedIterator(original: AnyFunction): AnyFunction {
    return function iterator(...args) {
      if (nesting > 0 || !tracker.active) return original.apply(this, args)
      const source = createFetchSource()
      const timeFetches = (made: unknown): unknown => {
        if (hasMembers(made)) weak.wrap(made, 'next', (next) => timedNext(next, tracker, source))
        return made
      }
      return timeWait(tracker, source, () => untimed(() => original.apply(this, args)), timeFetches)
    }
  }

  function view(dataset: Members, iterator: AnyFunction): object {
    return Object.create(dataset, {
      iterator: { value: iterator, writable: true, configurable: true },
    }) as object
  }

  function untimedView(value: unknown): unknown {
    if (!isDataset(value)) return value
    return view(value, (...args) => untimed(() => value['iterator'](...args)))
  }

  function timedView(value: unknown): unknown {
    if (!isDataset(value) || isWrapped(value['iterator'])) return value
    return view(
      value,
      timedIterator((...args) => value['iterator'](...args)),
    )
  }

  return {
    timedView,
    hookClass(exports, patches) {
      const prototype = prototypeOf(exports['Dataset'])
      if (prototype === null) return
      hookEveryDataset(prototype, patches, (dataset) => {
        weak.wrap(dataset, 'iterator', timedIterator)
      })
      // These ask for their inner iterators later than in the call of `iterator()`.
      for (const key of ['repeat', 'concatenate']) {
        patches.wrap(prototype, key, (original) => {
          return function derive(...args) {
            if (!tracker.active) return original.apply(this, args)
            return original.apply(untimedView(this), args.map(untimedView))
          }
        })
      }
      // For datasets that were made before this class was found.
      for (const key of ['forEachAsync', 'toArray']) {
        patches.wrap(prototype, key, (original) => {
          return function consume(...args) {
            return original.apply(tracker.active ? timedView(this) : this, args)
          }
        })
      }
    },
  }
}

function isDataset(value: unknown): value is Members & Record<'iterator', AnyFunction> {
  return hasMembers(value) && isFunction(value['iterator'])
}

function prototypeOf(exported: unknown): Members | null {
  if (!isFunction(exported)) return null
  const prototype: unknown = (exported as unknown as Members)['prototype']
  return hasMembers(prototype) && isFunction(prototype['forEachAsync']) ? prototype : null
}

/**
 * Calls `found` for every dataset as it is constructed. Each dataset has a class of its own with
 * its own `iterator`, but the constructor of the base class assigns `size`: an accessor sees it.
 */
function hookEveryDataset(
  prototype: Members,
  patches: Patches,
  found: (dataset: object) => void,
): void {
  if (Object.hasOwn(prototype, 'size')) return
  Object.defineProperty(prototype, 'size', {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, value: unknown) {
      const descriptor = { value, writable: true, enumerable: true, configurable: true }
      Object.defineProperty(this, 'size', descriptor)
      found(this)
    },
  })
  patches.onRestore(() => Reflect.deleteProperty(prototype, 'size'))
}

function timedNext(original: AnyFunction, tracker: StepTracker, source: FetchSource): AnyFunction {
  return function next(...args) {
    if (!tracker.active) return original.apply(this, args)
    return timeWait(tracker, source, () => original.apply(this, args), identity)
  }
}

function identity(value: unknown): unknown {
  return value
}

/** Runs what may be asynchronous as one wait; the result passes through `use`. */
function timeWait(
  tracker: StepTracker,
  source: FetchSource,
  run: () => unknown,
  use: (result: unknown) => unknown,
): unknown {
  tracker.beginFetch(source)
  let pending = false
  try {
    const result = run()
    if (!isThenable(result)) return use(result)
    pending = true
    return result.then(
      (value) => {
        tracker.endFetch()
        return use(value)
      },
      (error: unknown) => {
        tracker.endFetch()
        throw error
      },
    )
  } finally {
    if (!pending) tracker.endFetch()
  }
}
