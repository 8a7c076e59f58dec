import { FACT_LIMIT } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createFactStore } from './fact-store.js'

function taken(store: ReturnType<typeof createFactStore>, reader: string): unknown[] {
  const facts: unknown[] = []
  store.read(reader, 'layers', (fact) => facts.push(fact['n']))
  return facts
}

test('every reader gets every fact once, also when all have been let go in between', () => {
  const store = createFactStore()
  store.add('layers', { n: 1 })
  store.add('other', { n: 9 })
  expect(taken(store, 'a')).toEqual([1])
  expect(taken(store, 'b')).toEqual([1])
  store.release()
  store.add('layers', { n: 2 })
  expect(store.hasUnread('a', 'layers')).toBe(true)
  expect(taken(store, 'a')).toEqual([2])
  expect(store.hasUnread('a', 'layers')).toBe(false)
  store.release()
  expect(taken(store, 'b')).toEqual([2])
  expect(store.droppedFacts('layers')).toBe(0)
})

test('facts that nobody reads are bounded, the newest stay, the rest are counted', () => {
  const store = createFactStore()
  for (let n = 0; n < FACT_LIMIT + 3; n += 1) store.add('layers', { n })
  expect(store.droppedFacts('layers')).toBe(3)
  expect(taken(store, 'a')[0]).toBe(3)
})
