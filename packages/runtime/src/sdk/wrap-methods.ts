import { describe, misuse } from './misuse.js'
import { phase } from './phase.js'

const WRAPPED: unique symbol = Symbol.for('traceml.wrapped') as never

/** What can be wrapped: a function, or an object that has one of the methods of the phase. */
type Wrappable = object

/**
 * Times every call as the forward phase. A function gives a new function; an object with a method
 * `forward`, `apply` or `call` is timed in place and returned. Wrapping twice changes nothing.
 * @throws {InputError} `TRACEML_SDK_MISUSE` for anything else.
 */
export function wrapForward<Target extends Wrappable>(target: Target): Target {
  return wrap('wrapForward', 'forward', target, ['forward', 'apply', 'call'])
}

/** The same for the backward phase; the method of an object is `backward`. */
export function wrapBackward<Target extends Wrappable>(target: Target): Target {
  return wrap('wrapBackward', 'backward', target, ['backward'])
}

/** The same for the optimizer phase; the method of an object is `step` or `applyGradients`. */
export function wrapOptimizer<Target extends Wrappable>(target: Target): Target {
  return wrap('wrapOptimizer', 'optimizer', target, ['step', 'applyGradients'])
}

/** The same for copies to the device; the method of an object is `to` or `upload`. */
export function wrapH2D<Target extends Wrappable>(target: Target): Target {
  return wrap('wrapH2D', 'h2d', target, ['to', 'upload'])
}

type AnyFunction = (this: unknown, ...parameters: unknown[]) => unknown

function wrap<Target extends Wrappable>(
  caller: string,
  name: string,
  target: Target,
  methods: readonly string[],
): Target {
  if (typeof target === 'function') return timed(target as unknown as AnyFunction, name) as never
  if (typeof target === 'object' && target !== null) {
    const object = target as Record<string, unknown>
    const method = methods.find((candidate) => typeof object[candidate] === 'function')
    if (method !== undefined) {
      replace(caller, target, method, timed(object[method] as AnyFunction, name))
      return target
    }
  }
  throw misuse(
    `${caller} was called with ${describe(target)}; give it a function or an object with a method ${methods.join(' or ')}.`,
  )
}

function replace(caller: string, target: object, method: string, timedMethod: AnyFunction): void {
  try {
    Object.defineProperty(target, method, {
      value: timedMethod,
      writable: true,
      configurable: true,
      enumerable: Object.hasOwn(target, method),
    })
  } catch {
    throw misuse(
      `${caller} cannot replace the method ${method} of a frozen object; wrap the function itself.`,
    )
  }
}

function timed(fn: AnyFunction, name: string): AnyFunction {
  if ((fn as { [WRAPPED]?: boolean })[WRAPPED] === true) return fn
  const wrapper: AnyFunction = function (...parameters) {
    return phase(name, () => Reflect.apply(fn, this, parameters))
  }
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true })
  Object.defineProperty(wrapper, WRAPPED, { value: true })
  return wrapper
}
