import { expect, test } from 'vitest'
import { isAllowedOrigin } from './origins.js'

test.each([
  ['http://localhost:5173', true],
  ['https://localhost', true],
  ['http://127.0.0.1:8080', true],
  ['http://127.8.9.1', true],
  ['http://[::1]:3000', true],
  ['http://app.localhost:3000', true],
  ['https://example.org', false],
  ['http://localhost.example.org', false],
  ['http://127.0.0.1.example.org', false],
  ['http://notlocalhost', false],
  ['http://192.168.0.4', false],
  ['chrome-extension://localhost', false],
  ['null', false],
  ['', false],
  // A program: browsers always say where a page is from.
  [undefined, true],
])('a page of %s may send: %s', (origin, allowed) => {
  expect(isAllowedOrigin(origin, [])).toBe(allowed)
})

test('named origins may send, and only exactly those', () => {
  const named = ['https://example.org:8443', 'null']
  expect(isAllowedOrigin('https://example.org:8443', named)).toBe(true)
  expect(isAllowedOrigin('null', named)).toBe(true)
  expect(isAllowedOrigin('https://example.org', named)).toBe(false)
  expect(isAllowedOrigin('http://example.org:8443', named)).toBe(false)
})
