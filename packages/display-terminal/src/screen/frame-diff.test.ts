import { expect, test } from 'vitest'
import { frameDiff } from './frame-diff.js'

const ESC = '\u001B'
const update = (text: string): string => `${ESC}[?2026h${text}${ESC}[?2026l`

test('only rows that differ are written, in one update', () => {
  expect(frameDiff(['a', 'b', 'c'], ['a', 'B', 'c'], 10)).toBe(update(`${ESC}[2;1HB${ESC}[K`))
  expect(frameDiff(['a'], ['a'], 10)).toBe('')
})

test('every row where nothing is known of the screen', () => {
  expect(frameDiff(null, ['a', ''], 10)).toBe(update(`${ESC}[1;1Ha${ESC}[K${ESC}[2;1H${ESC}[K`))
})

test('a full row keeps its last character, a coloured one does not colour the next', () => {
  const red = `${ESC}[31mabc${ESC}[39m`
  expect(frameDiff(['xyz'], [red], 3)).toBe(update(`${ESC}[1;1H${red}${ESC}[0m`))
})
