import type { JsonValue } from '@traceml/contracts'
import type { Change, ChangePath } from './diff.js'
import { isList, isObject } from './json.js'

/**
 * The document after `changes`. The one before stays as it is, and what did not change is the same
 * object in both, so that a view can tell by identity what to draw anew.
 *
 * @throws {TypeError} for a path that the document does not have: the two have lost each other, and
 * a whole document is needed.
 */
export function applyChanges(document: JsonValue, changes: readonly Change[]): JsonValue {
  const owned = new Set<JsonValue>()
  let root = document
  for (const change of changes) root = applyOne(root, change, owned)
  return root
}

/** @param owned - Containers that were copied already and may be written. */
function applyOne(root: JsonValue, change: Change, owned: Set<JsonValue>): JsonValue {
  const [path] = change
  if (path.length === 0) return valueAfter(root, change)
  const top = writable(root, owned, path)
  let parent = top
  for (const key of path.slice(0, -1)) {
    const child = writable(read(parent, key, path), owned, path)
    write(parent, key, child)
    parent = child
  }
  const key = path.at(-1) ?? ''
  if (change.length === 1) {
    if (!isObject(parent)) throw new TypeError(`"${path.join('.')}" is no key that can be removed`)
    delete (parent as Record<string, JsonValue>)[key]
  } else {
    const old = change.length === 3 ? read(parent, key, path) : null
    write(parent, key, valueAfter(old, change))
  }
  return top
}

function valueAfter(old: JsonValue, change: Change): JsonValue {
  if (change.length === 1) return null
  if (change.length === 2) return change[1]
  const [path, drop, items] = change
  if (!isList(old)) throw new TypeError(`"${path.join('.')}" is no list`)
  return [...old.slice(drop), ...items]
}

function writable(value: JsonValue, owned: Set<JsonValue>, path: ChangePath): JsonValue {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`"${path.join('.')}" leads through something that is no container`)
  }
  if (owned.has(value)) return value
  const copy: JsonValue = isList(value) ? [...value] : { ...value }
  owned.add(copy)
  return copy
}

function read(container: JsonValue, key: string | number, path: ChangePath): JsonValue {
  if (typeof container === 'object' && container !== null && Object.hasOwn(container, key)) {
    return (container as Readonly<Record<string | number, JsonValue>>)[key] ?? null
  }
  throw new TypeError(`"${path.join('.')}" does not exist`)
}

function write(container: JsonValue, key: string | number, value: JsonValue): void {
  // A key such as `__proto__` must become a key and nothing else.
  Object.defineProperty(container, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
