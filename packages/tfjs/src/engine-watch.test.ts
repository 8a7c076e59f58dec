import { afterEach, expect, test } from 'vitest'
import { watchEngine } from './engine-watch.js'

const holder = globalThis as unknown as Record<string, unknown>

afterEach(() => {
  Reflect.deleteProperty(holder, '_tfengine')
})

test('sees the engine when it is created, and leaves an ordinary property', () => {
  const seen: unknown[] = []
  watchEngine((engine) => seen.push(engine))
  expect(holder['_tfengine']).toBeUndefined()
  const engine = { gradients: () => {} }
  holder['_tfengine'] = engine
  expect(seen).toEqual([engine])
  expect(Object.getOwnPropertyDescriptor(holder, '_tfengine')).toEqual({
    value: engine,
    writable: true,
    enumerable: true,
    configurable: true,
  })
})

test('sees an engine that is there already', () => {
  const engine = {}
  holder['_tfengine'] = engine
  const seen: unknown[] = []
  watchEngine((found) => seen.push(found))()
  expect(seen).toEqual([engine])
  expect(holder['_tfengine']).toBe(engine)
})

test('stopping early leaves no trace', () => {
  const seen: unknown[] = []
  watchEngine((engine) => seen.push(engine))()
  expect(Object.hasOwn(holder, '_tfengine')).toBe(false)
  holder['_tfengine'] = {}
  expect(seen).toEqual([])
})
