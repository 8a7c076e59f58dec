import { expect, test } from 'vitest'
import { parseTolerantJson } from './parse-json.js'

test('bare tokens of other writers read as null, inside strings they stay', () => {
  const text = '{"a": NaN, "b": [-Infinity, Infinity, 1], "c": "NaN \\" Infinity"}'
  expect(parseTolerantJson(text)).toEqual({ a: null, b: [null, null, 1], c: 'NaN " Infinity' })
})

test.each(['', '{', '{"a": NaNa}', '{"a": 1} x', '\uFEFF{}'])('%j is refused', (text) => {
  expect(() => parseTolerantJson(text)).toThrow(SyntaxError)
})
