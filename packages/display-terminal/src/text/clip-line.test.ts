import { expect, test } from 'vitest'
import { clipLine } from './clip-line.js'

test.each([
  ['short', 10, 'short'],
  ['exactly10!', 10, 'exactly10!'],
  ['a bit longer', 10, 'a bit lon…'],
  ['訓練は遅い', 6, '訓練…'],
  ['\u001B[31mred and long\u001B[39m', 6, '\u001B[31mred a…\u001B[0m'],
])('%j in %i columns', (line, columns, expected) => {
  expect(clipLine(line, columns)).toBe(expected)
})
