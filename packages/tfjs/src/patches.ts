import { type AnyFunction, isFunction, type Members } from './library.js'

/** Marks our wrappers, also those of another copy of this package. */
const WRAPPED: unique symbol = Symbol.for('traceml.tfjs.wrapped') as never

/** A set of replaced methods that can all be put back. */
export interface Patches {
  /**
   * Replaces `target[key]`, when it is a function that no copy of this package has wrapped yet.
   * An inherited method is shadowed, not changed.
   * @returns False when there was nothing to wrap.
   */
  wrap(target: object, key: string, wrapper: (original: AnyFunction) => AnyFunction): boolean
  /** Adds something else to undo; called in reverse order of adding. */
  onRestore(undo: () => void): void
  /** Puts back every method exactly as it was found. Idempotent. */
  restore(): void
}

/** True when `value` is one of our wrappers. */
export function isWrapped(value: unknown): boolean {
  return isFunction(value) && (value as unknown as Members)[WRAPPED] === true
}

/** Creates an empty set of patches. */
export function createPatches(): Patches {
  const undos: (() => void)[] = []
  return {
    wrap(target, key, wrapper) {
      const undo = wrapMethod(target, key, wrapper)
      if (undo === null) return false
      undos.push(undo)
      return true
    },
    onRestore(undo) {
      undos.push(undo)
    },
    restore() {
      for (const undo of undos.splice(0).reverse()) undo()
    },
  }
}

/** Wraps one method; returns what puts it back, or null when it cannot be wrapped. */
export function wrapMethod(
  target: object,
  key: string,
  wrapper: (original: AnyFunction) => AnyFunction,
): (() => void) | null {
  const original = (target as Members)[key]
  if (!isFunction(original) || isWrapped(original)) return null
  const own = Object.getOwnPropertyDescriptor(target, key)
  if (own?.configurable === false || (own === undefined && !Object.isExtensible(target)))
    return null
  const wrapped = disguise(wrapper(original), original)
  Object.defineProperty(target, key, {
    value: wrapped,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  })
  return () => {
    // Somebody who wrapped ours after us keeps their wrapper; ours then only passes through.
    if ((target as Members)[key] !== wrapped) return
    if (own === undefined) Reflect.deleteProperty(target, key)
    else Object.defineProperty(target, key, own)
  }
}

/** Gives the wrapper the name and arity of the original, for code that looks at them. */
function disguise(wrapped: AnyFunction, original: AnyFunction): AnyFunction {
  Object.defineProperty(wrapped, 'name', { value: original.name, configurable: true })
  Object.defineProperty(wrapped, 'length', { value: original.length, configurable: true })
  Object.defineProperty(wrapped, WRAPPED, { value: true })
  return wrapped
}
