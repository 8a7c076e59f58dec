/** A copy of a rule's input that a rule cannot change without being noticed. */
export interface GuardedInput<Value> {
  /** Plain objects and arrays are copied and frozen; typed arrays, Maps and Sets are copied. */
  readonly value: Value
  /** True when an entry of a copied typed array, Map or Set is not what it was. */
  isChanged(): boolean
}

/**
 * Copies and freezes a value. Functions and objects of classes are handed on as they are: what they
 * hold cannot be guarded from outside.
 */
export function guardInput<Value>(value: Value): GuardedInput<Value> {
  const containers: (readonly [original: Iterable<unknown>, copy: Iterable<unknown>])[] = []
  const copy = (entry: unknown): unknown => {
    if (typeof entry !== 'object' || entry === null) return entry
    if (Array.isArray(entry)) return Object.freeze(entry.map(copy))
    if (isIterableCopyable(entry)) {
      const cloned = cloneIterable(entry)
      containers.push([entry, cloned])
      return cloned
    }
    const prototype: unknown = Object.getPrototypeOf(entry)
    if (prototype !== Object.prototype && prototype !== null) return entry
    const entries = Object.entries(entry).map(([key, child]) => [key, copy(child)] as const)
    return Object.freeze(Object.fromEntries(entries))
  }
  return {
    value: copy(value) as Value,
    isChanged: () => containers.some(([original, cloned]) => !hasSameEntries(original, cloned)),
  }
}

type Container = Map<unknown, unknown> | Set<unknown> | Float64Array | Uint8Array | Int32Array

function isIterableCopyable(value: object): value is Container {
  return value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)
}

function cloneIterable(value: Container): Iterable<unknown> {
  if (value instanceof Map) return new Map(value)
  if (value instanceof Set) return new Set(value)
  return value.slice()
}

function hasSameEntries(left: Iterable<unknown>, right: Iterable<unknown>): boolean {
  const a = [...left].flat()
  const b = [...right].flat()
  return a.length === b.length && a.every((entry, index) => Object.is(entry, b[index]))
}
