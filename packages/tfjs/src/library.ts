/**
 * The parts of TensorFlow.js that the hooks touch, typed structurally: no type dependency on the
 * library, every member optional where a version or bundle may lack it.
 */

/** A function of the library whose signature does not matter here. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Any object whose members are looked at before use. */
export type Members = Record<PropertyKey, unknown>

/** State of an engine. */
interface EngineState {
  readonly numBytes?: number
  readonly numTensors?: number
  readonly gradientDepth?: number
  /** Operations that are recorded for gradients; null while none are. */
  readonly activeTape?: unknown
}

/** The one engine per process that every copy of the library shares (`globalThis._tfengine`). */
export interface EngineLike {
  readonly backendName?: string | null
  readonly state?: EngineState
  gradients?: unknown
}

/** A namespace of the library: the union package, or one of core, layers, data. */
export type TensorFlowLike = object

/** True for functions. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** True for objects and functions: whatever may carry members. */
export function hasMembers(value: unknown): value is Members {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** True for promises of any kind. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return hasMembers(value) && isFunction(value['then'])
}

/** The engine of a namespace, or of this process, or null when there is none. */
export function findEngine(namespace: TensorFlowLike | null): EngineLike | null {
  const members = namespace as Members | null
  const engineOf = members === null ? undefined : members['engine']
  const engine = isFunction(engineOf) ? engineOf.call(members) : processEngine()
  return hasMembers(engine) ? (engine as EngineLike) : null
}

/** The engine that a copy of the library has already created in this process, or null. */
export function processEngine(): EngineLike | null {
  const engine = (globalThis as unknown as Members)['_tfengine']
  return hasMembers(engine) ? (engine as EngineLike) : null
}
