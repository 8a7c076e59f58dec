import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { fitLine } from './clip-line.js'
import { displayWidth } from './measure.js'
import { sanitizeText } from './sanitize.js'
import { wrapText } from './wrap-text.js'

test('what is measured by its length is measured right', () => {
  const drawn = 'step 12 é × · … → ▶ ▲ ▼ ● ○ ◐ ■ ✕ ✓ ▁▂▃▄▅▆▇█ ▏▎▍▌▋▊▉ ─│┌┐ ░▒▓▚ ±°µ'
  expect(displayWidth(drawn)).toBe(stringWidth(drawn))
  expect(displayWidth('\u001B[1m訓練\u001B[22m')).toBe(4)
})

test('a fitted line has exactly the width', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 2, max: 40 }),
      (raw, columns) => {
        const line = sanitizeText(raw)
        for (const align of ['left', 'right'] as const) {
          expect(displayWidth(fitLine(line, columns, align))).toBe(columns)
        }
      },
    ),
  )
})

test.each([
  ['plain words', 'plain words'],
  ['\u001B[2J\u001B[31mred\u001B[0m', 'red'],
  ['\u001B]0;title\u0007after', 'after'],
  ['two\nlines\tand a tab', 'two lines and a tab'],
  ['evil\u202Etxt.exe\u0000\u009B2J', 'eviltxt.exe2J'],
])('%j becomes %j', (text, expected) => {
  expect(sanitizeText(text)).toBe(expected)
})

test('sanitised text never holds a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left.
      expect(sanitizeText(text)).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/)
    }),
  )
})

test('sentences break at their spaces', () => {
  expect(wrapText('one two three four', 9)).toEqual(['one two', 'three', 'four'])
  expect(wrapText('one two three four', 9, 2)).toEqual(['one two', 'three fo…'])
  expect(wrapText('incomprehensible', 6)).toEqual(['incom…'])
  expect(wrapText('', 6)).toEqual([])
})
