import { hasMembers, isFunction, type Members } from '../library.js'
import type { Patches } from '../patches.js'
import { settle } from '../settle.js'
import type { StepTracker } from '../tracker-types.js'

const KEY = 'nextFrameFunc'

/**
 * Hooks the waits for the next frame that `fit` makes between its batches: its callback keeps the
 * function as a property, which its constructor assigns; an accessor of the prototype sees it. Calls
 * of `tf.nextFrame` by a program itself are not seen.
 */
export function hookYields(exports: Members, tracker: StepTracker, patches: Patches): void {
  const exported = exports['CustomCallback']
  const prototype = isFunction(exported) ? (exported as unknown as Members)['prototype'] : null
  if (!hasMembers(prototype) || Object.hasOwn(prototype, KEY)) return
  Object.defineProperty(prototype, KEY, {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, value: unknown) {
      const timed = isFunction(value)
        ? function nextFrame(this: unknown, ...args: unknown[]): unknown {
            if (!tracker.active) return value.apply(this, args)
            tracker.beginYield()
            return settle(() => value.apply(this, args), tracker.endYield)
          }
        : value
      const descriptor = { value: timed, writable: true, enumerable: true, configurable: true }
      Object.defineProperty(this, KEY, descriptor)
    },
  })
  patches.onRestore(() => Reflect.deleteProperty(prototype, KEY))
}
