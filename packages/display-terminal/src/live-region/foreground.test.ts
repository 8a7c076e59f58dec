import { expect, test } from 'vitest'
import { isForegroundStat, isInForeground } from './foreground.js'

test.each([
  ['in the foreground', '812 (node) S 700 812 700 34816 812 4194304', true],
  ['in the background', '812 (node) S 700 812 700 34816 700 4194304', false],
  ['without a terminal', '812 (node) S 700 812 700 0 -1 4194304', true],
  ['with a name that misleads', '812 (a) b 1 (2) S 700 812 700 34816 700 4194304', false],
  ['unreadable', '', true],
])('a process %s', (_name, stat, expected) => {
  expect(isForegroundStat(stat)).toBe(expected)
})

test('where nothing is known a process counts as foreground', () => {
  expect(isInForeground('darwin')).toBe(true)
  expect(typeof isInForeground('linux')).toBe('boolean')
})
