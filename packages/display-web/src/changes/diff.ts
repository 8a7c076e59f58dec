import type { JsonObject, JsonValue } from '@traceml/contracts'
import { isList, isObject, isSame } from './json.js'

/** Keys and indices from the root to a value. */
export type ChangePath = readonly (string | number)[]

/**
 * One step from a document to its successor:
 * `[path, value]` puts a value, `[path]` removes a key, and `[path, drop, items]` drops that many
 * items from the front of a list and appends others, as windows over time do.
 */
export type Change =
  | readonly [path: ChangePath, value: JsonValue]
  | readonly [path: ChangePath]
  | readonly [path: ChangePath, drop: number, items: readonly JsonValue[]]

/** Places that are tried for the start of the new window within the old one. */
const MAX_STARTS = 8

/**
 * What leads from `before` to `after`; empty when they are the same. Parts that are the same object
 * are not looked at, so a caller that keeps unchanged parts pays for the others only.
 *
 * Complexity: linear in the parts that differ.
 */
export function diffJson(before: JsonValue, after: JsonValue): readonly Change[] {
  const changes: Change[] = []
  compare(before, after, [], changes)
  return changes
}

function compare(before: JsonValue, after: JsonValue, path: ChangePath, changes: Change[]): void {
  if (before === after) return
  if (isObject(before) && isObject(after)) compareObjects(before, after, path, changes)
  else if (isList(before) && isList(after)) compareLists(before, after, path, changes)
  else changes.push([path, after])
}

function compareObjects(
  before: JsonObject,
  after: JsonObject,
  path: ChangePath,
  changes: Change[],
): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) changes.push([[...path, key]])
  }
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined
    if (old === undefined) changes.push([[...path, key], value])
    else compare(old, value, [...path, key], changes)
  }
}

function compareLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: ChangePath,
  changes: Change[],
): void {
  if (isSame(before, after)) return
  const drop = windowStart(before, after)
  if (drop !== null) {
    changes.push([path, drop, after.slice(before.length - drop)])
  } else if (before.length === after.length && after.some(isContainer)) {
    after.forEach((item, index) => {
      compare(before[index] ?? null, item, [...path, index], changes)
    })
  } else {
    changes.push([path, after])
  }
}

function isContainer(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null
}

/** Where in `before` the window starts that `after` continues, or null. */
function windowStart(before: readonly JsonValue[], after: readonly JsonValue[]): number | null {
  const [first] = after
  let starts = 0
  for (let drop = 0; drop < before.length && starts < MAX_STARTS; drop += 1) {
    if (!isSame(before[drop], first)) continue
    starts += 1
    const kept = before.length - drop
    if (kept > after.length) continue
    let index = 1
    while (index < kept && isSame(before[drop + index], after[index])) index += 1
    if (index === kept) return drop
  }
  return null
}
