import type { JsonValue } from '@traceml/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from './apply.js'
import { diffJson } from './diff.js'

const document = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)))

test('a document and its changes give the successor, and the document stays as it is', () => {
  fc.assert(
    fc.property(document, document, (before: JsonValue, after: JsonValue) => {
      const kept = structuredClone(before)
      const changes = JSON.parse(JSON.stringify(diffJson(before, after)))
      expect(applyChanges(before, changes)).toEqual(after)
      expect(before).toEqual(kept)
    }),
  )
})

test('small edits of one document give its successor', () => {
  const rows = fc.array(fc.record({ id: fc.nat(9), ms: fc.option(fc.nat(3)) }), { maxLength: 12 })
  const state = fc.record(
    { steps: fc.array(fc.nat(4), { maxLength: 30 }), rows },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(state, state, (before, after) => {
      expect(applyChanges(before, diffJson(before, after))).toEqual(after)
    }),
  )
})

test('nothing changed is nothing', () => {
  expect(diffJson({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([])
})

test('a window that moves on costs what is new', () => {
  const before = { steps: [1, 2, 3, 4], lines: [{ id: 1 }, { id: 2 }] }
  const after = { steps: [3, 4, 5], lines: [{ id: 1 }, { id: 2 }, { id: 3 }] }
  expect(diffJson(before, after)).toEqual([
    [['steps'], 2, [5]],
    [['lines'], 0, [{ id: 3 }]],
  ])
})

test('null is a value, and a key that is gone is gone', () => {
  const changes = diffJson({ a: 1, b: 2 }, { a: null })
  expect(changes).toEqual([[['b']], [['a'], null]])
  expect(applyChanges({ a: 1, b: 2 }, changes)).toEqual({ a: null })
})

test('what did not change is the same object before and after', () => {
  const before = { left: { a: 1 }, right: [{ b: 1 }, { c: 1 }] }
  const after = applyChanges(before, [[['right', 0, 'b'], 2]]) as typeof before
  expect(after.left).toBe(before.left)
  expect(after.right[1]).toBe(before.right[1])
  expect(after.right[0]).toEqual({ b: 2 })
})

test('a key named __proto__ is a key', () => {
  const after = JSON.parse('{"__proto__": {"polluted": true}}')
  const result = applyChanges({}, diffJson({}, after))
  expect(Object.keys(result as object)).toEqual(['__proto__'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('changes of another document are refused', () => {
  expect(() => applyChanges({ a: 1 }, [[['b', 'c'], 1]])).toThrow(/"b.c" does not exist/)
  expect(() => applyChanges({ a: 1 }, [[['a', 'c'], 1]])).toThrow(/no container/)
  expect(() => applyChanges({ a: 1 }, [[['a'], 0, [1]]])).toThrow(/no list/)
})
