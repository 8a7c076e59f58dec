/**
 * The same object seen through a few replaced properties. Methods run on the object itself, so
 * that private fields work; everything else, `length` included, is the object's own.
 */
export function forwardingProxy<Target extends object>(
  target: Target,
  replaced: ReadonlyMap<PropertyKey, unknown>,
): Target {
  const bound = new Map<PropertyKey, { readonly from: unknown; readonly to: unknown }>()
  return new Proxy(target, {
    get(object, key) {
      if (replaced.has(key)) return replaced.get(key)
      const value: unknown = Reflect.get(object, key, object)
      if (typeof value !== 'function' || !mayReplace(object, key)) return value
      const known = bound.get(key)
      if (known?.from === value) return known.to
      const method: unknown = value.bind(object)
      bound.set(key, { from: value, to: method })
      return method
    },
    set: (object, key, value) => Reflect.set(object, key, value, object),
  })
}

/** A proxy must report a frozen own property as it is. */
function mayReplace(object: object, key: PropertyKey): boolean {
  if (key === 'constructor') return false
  const own = Object.getOwnPropertyDescriptor(object, key)
  return own === undefined || own.configurable === true || own.writable === true
}
