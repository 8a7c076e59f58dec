import type { TrainingRuntime } from '../active-runtime.js'
import { recordingRuntime } from '../active-runtime.js'
import { INPUT_SLOT } from '../recorder/step-recorder.js'
import { asyncFromSync, type IteratorParts } from './async-from-sync.js'
import { forwardingProxy } from './forwarding-proxy.js'
import { describe, misuse } from './misuse.js'
import { isThenable, now } from './timing.js'

type Method = (this: unknown, ...parameters: unknown[]) => unknown
type IteratorLike = Record<string, unknown> & { readonly next: Method }

/**
 * Times how long the training waits for each batch. `loader` is anything that `for of` or
 * `for await` takes, or an iterator; what is returned is the same, with every other property
 * forwarded. Waiting between two steps belongs to the next step; the last fetch, which only says
 * that there is no more, and batches that no step used, belong to none.
 *
 * @throws {InputError} `TRACEML_SDK_MISUSE` when `loader` cannot be iterated.
 */
export function wrapDataLoader<Loader extends object>(loader: Loader): Loader {
  if (typeof loader !== 'object' || loader === null) throw notIterable(loader)
  const source = loader as Record<PropertyKey, unknown>
  const replaced = new Map<PropertyKey, unknown>()
  for (const key of [Symbol.iterator, Symbol.asyncIterator]) {
    const open = source[key]
    if (typeof open !== 'function') continue
    const isAsync = key === Symbol.asyncIterator
    replaced.set(key, () => wrapIterator(Reflect.apply(open, loader, []) as IteratorLike, isAsync))
  }
  const open = source[Symbol.iterator]
  if (typeof open === 'function' && !replaced.has(Symbol.asyncIterator)) {
    // \`for await\` over promises: the wait is for the value, which \`next\` returns at once.
    replaced.set(Symbol.asyncIterator, () => {
      const iterator = asyncFromSync(Reflect.apply(open, loader, []) as IteratorParts)
      return wrapIterator(iterator as unknown as IteratorLike, true)
    })
  }
  if (typeof source['next'] === 'function') addIteration(replaced, source as IteratorLike)
  if (replaced.size === 0) throw notIterable(loader)
  return forwardingProxy(loader, replaced)
}

function notIterable(loader: unknown): Error {
  return misuse(
    `wrapDataLoader was called with ${describe(loader)}; give it an iterable, an async iterable or an iterator.`,
  )
}

function wrapIterator(iterator: IteratorLike, isAsync: boolean): IteratorLike {
  const replaced = new Map<PropertyKey, unknown>()
  const waits = addIteration(replaced, iterator)
  if (iterator['return'] === undefined) {
    // Only to hear of a `break`; the iterator itself stays where it is, as it would without us.
    replaced.set('return', (value: unknown) => {
      waits.drop()
      const end = { done: true, value }
      return isAsync ? Promise.resolve(end) : end
    })
  }
  const proxy = forwardingProxy(iterator, replaced)
  // An iterator is often its own iterable; the timed one has to be, too.
  for (const key of [Symbol.iterator, Symbol.asyncIterator]) {
    if (key in iterator) replaced.set(key, () => proxy)
  }
  return proxy
}

/** `next`, and `return` and `throw` where there are any, of one iteration. */
function addIteration(replaced: Map<PropertyKey, unknown>, iterator: IteratorLike): UnusedWaits {
  const waits = createUnusedWaits()
  replaced.set('next', (...parameters: unknown[]) => fetchTimed(waits, iterator, parameters))
  for (const key of ['return', 'throw'] as const) {
    const end = iterator[key]
    if (typeof end !== 'function') continue
    replaced.set(key, (...parameters: unknown[]) => {
      waits.drop()
      return Reflect.apply(end, iterator, parameters)
    })
  }
  return waits
}

function fetchTimed(
  waits: UnusedWaits,
  iterator: IteratorLike,
  parameters: readonly unknown[],
): unknown {
  const runtime = recordingRuntime()
  if (runtime === null || !runtime.recorder.enabled) {
    return Reflect.apply(iterator.next, iterator, parameters)
  }
  const counts = runtime.phases.enterPhase(INPUT_SLOT)
  const start = now()
  const finish = (result: unknown): unknown => {
    const waitMs = now() - start
    runtime.phases.leavePhase(INPUT_SLOT)
    if ((result as { readonly done?: unknown } | null)?.done === true) waits.drop()
    else if (counts) waits.add(runtime, waitMs)
    return result
  }
  const fail = (error: unknown): never => {
    runtime.phases.leavePhase(INPUT_SLOT)
    throw error
  }
  let result: unknown
  try {
    result = Reflect.apply(iterator.next, iterator, parameters)
  } catch (error) {
    return fail(error)
  }
  return isThenable(result) ? result.then(finish, fail) : finish(result)
}

/** What one iteration has waited since the last step, in case no step uses it. */
interface UnusedWaits {
  add(runtime: TrainingRuntime, waitMs: number): void
  drop(): void
}

function createUnusedWaits(): UnusedWaits {
  let runtime: TrainingRuntime | null = null
  let epoch = -1
  let waitMs = 0
  let calls = 0
  return {
    add(current, ms) {
      const { recorder } = current
      recorder.add(INPUT_SLOT, ms)
      if (runtime !== current || epoch !== recorder.epoch) {
        runtime = current
        epoch = recorder.epoch
        waitMs = 0
        calls = 0
      }
      waitMs += ms
      calls += 1
    },
    drop() {
      if (runtime === null || calls === 0) return
      const { recorder, phases } = runtime
      if (epoch === recorder.epoch && !phases.stepOpen) {
        recorder.retract(INPUT_SLOT, waitMs, calls)
      }
      calls = 0
    },
  }
}
