import { expect, test } from 'vitest'
import { createPatches, isWrapped } from './patches.js'
import { createWeakPatches } from './weak-patches.js'

class Base {
  greet(name: string): string {
    return `hello ${name}`
  }
}

test('an inherited method is shadowed and comes back, with name and arity kept', () => {
  const target = new Base()
  const patches = createPatches()
  const seen: unknown[] = []
  const wrapped = patches.wrap(target, 'greet', (original) => {
    return function (...args) {
      seen.push(...args)
      return original.apply(this, args)
    }
  })
  expect([wrapped, target.greet('you'), seen]).toEqual([true, 'hello you', ['you']])
  expect([target.greet.name, target.greet.length]).toEqual(['greet', 1])
  expect(Object.keys(target)).toEqual([])
  expect(isWrapped(target.greet)).toBe(true)
  patches.restore()
  expect(Object.getOwnPropertyNames(target)).toEqual([])
  expect(isWrapped(target.greet)).toBe(false)
})

test('what is missing, fixed or wrapped already is left alone', () => {
  const patches = createPatches()
  const frozen = Object.freeze(new Base())
  expect(patches.wrap({}, 'greet', (original) => original)).toBe(false)
  expect(patches.wrap(frozen, 'greet', () => () => 'x')).toBe(false)
  expect(patches.wrap(Base.prototype, 'greet', () => () => 'once')).toBe(true)
  expect(createPatches().wrap(Base.prototype, 'greet', () => () => 'twice')).toBe(false)
  expect(new Base().greet('you')).toBe('once')
  patches.restore()
  expect(new Base().greet('you')).toBe('hello you')
})

test('a wrapper that somebody put on top stays', () => {
  const target = new Base()
  const patches = createPatches()
  patches.wrap(target, 'greet', (original) => original.bind(target))
  const theirs = (name: string): string => name
  target.greet = theirs
  patches.restore()
  expect(target.greet).toBe(theirs)
})

test('weak patches restore every object that is left', () => {
  const weak = createWeakPatches()
  const targets = Array.from({ length: 200 }, () => new Base())
  for (const target of targets) expect(weak.wrap(target, 'greet', () => () => 'x')).toBe(true)
  weak.restore()
  expect(targets.filter((target) => isWrapped(target.greet))).toEqual([])
})
