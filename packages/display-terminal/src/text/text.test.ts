import { plainLine } from '@traceml/contracts'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { fitLine, foldLine } from './clip-line.js'
import { displayWidth } from './measure.js'
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
        const line = plainLine(raw)
        for (const align of ['left', 'right'] as const) {
          expect(displayWidth(fitLine(line, columns, align))).toBe(columns)
        }
      },
    ),
  )
})

test('sentences break at their spaces', () => {
  expect(wrapText('one two three four', 9)).toEqual(['one two', 'three', 'four'])
  expect(wrapText('one two three four', 9, 2)).toEqual(['one two', 'three fo…'])
  expect(wrapText('incomprehensible', 6)).toEqual(['incom…'])
  expect(wrapText('', 6)).toEqual([])
})

test.each([
  ['short', 10, ['short']],
  ['0123456789abcde', 10, ['0123456789', 'abcde']],
  ['\u001B[31m0123456789a\u001B[0m', 10, ['0123456789', 'a']],
  ['訓練は遅い', 5, ['訓練', 'は遅', 'い']],
  ['x'.repeat(50), 10, ['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(10), `${'x'.repeat(9)}…`]],
])('%j folded to %i columns', (line, columns, expected) => {
  expect(foldLine(line, columns)).toEqual(expected)
})
