import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainLine, plainText } from './plain-text.js'

test.each([
  ['colours', '\u001B[1;31mred\u001B[0m', 'red'],
  ['8-bit sequences', '\u009B31mred', 'red'],
  ['a window title', '\u001B]0;owned\u0007name', 'name'],
  ['a hyperlink', '\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\', 'link'],
  ['a device string', '\u001BPq#0;2\u001B\\x', 'x'],
  ['a string without its end costs its line only', '\u001B]0;owned\nname', '\nname'],
  ['a reset of the terminal', '\u001Bcname', 'name'],
  ['a cursor that goes back over the line', 'safe\rfake\b\b', 'safefake'],
  ['nested sequences leave plain text', '\u001B\u001B[31m[31mred', '[31mred'],
  ['text direction', 'a\u202Egpj.exe\u2066', 'agpj.exe'],
  ['invisible characters', 'tr\u200Bai\uFEFFn\u{E0041}', 'train'],
  ['half a character', 'a\uD800b', 'a\uFFFDb'],
  ['stacked marks', `e${'\u0301'.repeat(50)}`, `e${'\u0301'.repeat(6)}`],
  ['line ends of others', 'a\r\nb\u2028c', 'a\nb\nc'],
  ['NUL', 'a\u0000b', 'ab'],
])('%s', (_, text, expected) => {
  expect(plainText(text)).toBe(expected)
})

test('what people write stays', () => {
  for (const text of ['Größe\tx\n', '学習 実行', '👩‍👩‍👧 run', 'می‌خواهم', 'a < b & "c"', '']) {
    expect(plainText(text)).toBe(text)
  }
})

test('one line is one line, of a bounded length', () => {
  expect(plainLine('  a\n\n b\tc\rd ')).toBe('a b c d')
  expect(plainLine('x'.repeat(10_000))).toHaveLength(500)
  expect(plainLine('abcdef', 4)).toBe('abc…')
  expect(plainLine('ab😀cd', 4)).toBe('ab…')
})

test('nothing that steers a terminal gets through, and cleaning twice changes nothing', () => {
  const parts = [
    '\u001B',
    '[',
    ']',
    '\u009B',
    '\u0007',
    '31m',
    '\\',
    'P',
    '\r',
    'a',
    '\n',
    '\u202E',
    '\uD800',
  ]
  const nasty = fc.oneof(fc.constantFrom(...parts), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 30 }), (texts) => {
      const clean = plainText(texts.join(''))
      // All controls (Cc) but tab and line feed, and half characters (Cs).
      expect(clean.replaceAll(/[\t\n]/g, '')).not.toMatch(
        /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u,
      )
      expect(plainText(clean)).toBe(clean)
    }),
  )
})
