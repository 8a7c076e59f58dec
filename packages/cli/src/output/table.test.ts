import { expect, test } from 'vitest'
import { forTerminal } from './for-terminal.js'
import { jsonText } from './json-text.js'
import { printTable } from './table.js'
import { agoWords, spanWords } from './time-words.js'

const COLUMNS = [
  { title: 'NAME', align: 'left', minWidth: 5 },
  { title: 'MS', align: 'right' },
] as const
const WIDE = { limit: Number.POSITIVE_INFINITY, color: false }

test('columns are as wide as they need to be', () => {
  const rows = [
    ['a', '1.5'],
    ['long name', '100.25'],
  ]
  expect(printTable(COLUMNS, rows, WIDE)).toEqual([
    'NAME           MS',
    'a             1.5',
    'long name  100.25',
  ])
})

test('what may be cut is cut where the terminal is narrow, down to its least width', () => {
  const rows = [['a very long name', '1']]
  expect(printTable(COLUMNS, rows, { ...WIDE, limit: 14 })[1]).toBe('a very lo…   1')
  expect(printTable(COLUMNS, rows, { ...WIDE, limit: 3 })[1]).toBe('a ve…   1')
})

test('a cell is one line of plain text', () => {
  const [, line] = printTable(COLUMNS, [['\u001B[31ma\nb\u202E', '1']], WIDE)
  expect(line).toBe('a b    1')
})

test('JSON that is safe to look at means the same', () => {
  const value = { 'a\u009B31m': '\u001B[2J\u202E\u2028"\\', n: [1, null] }
  const text = jsonText(value, 0)
  expect(text).not.toMatch(/[\p{Cc}\u202A-\u202E\u2028]/u)
  expect(JSON.parse(text)).toEqual(value)
})

test('a card of somebody else steers no terminal', () => {
  const card = 'TraceML Verdict: X\u001B]0;owned\u0007\u001B[2J\rfake\u009B1A\u202E'
  expect(forTerminal(card, { isTTY: false })).toBe('TraceML Verdict: Xfake')
})

test('spans and ages are said in words', () => {
  expect([null, 0, 59.94, 60, 3725, 90_061].map(spanWords)).toEqual([
    'n/a',
    '0.0s',
    '59.9s',
    '1m 00s',
    '1h 02m',
    '1d 01h',
  ])
  expect([null, 5, 61, 7300, 172_800].map(agoWords)).toEqual([
    'n/a',
    'now',
    '1m ago',
    '2h ago',
    '2d ago',
  ])
})
