import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOutputLines } from './output-lines.js'

function shown(...pieces: readonly string[]): readonly string[] {
  const output = createOutputLines()
  for (const piece of pieces) output.push(Buffer.from(piece))
  return output.lines().map(({ text }) => text)
}

test.each<[string, string, readonly string[]]>([
  ['lines', 'a\nb\r\nc', ['a', 'b', 'c']],
  ['blank lines', 'a\n\nb\n', ['a', '', 'b']],
  ['a bar that is drawn again', '\r 1/9 [=  ]\r 9/9 [===]\ndone\n', [' 9/9 [===]', 'done']],
  ['a shorter text over a longer one', 'epoch 10\repoch\n', ['epoch 10']],
  ['a line that is erased first', 'epoch 10\r\u001B[Kepoch\n', ['epoch']],
  ['backspaces to the start', '1/9\b\b\b\r2/9', ['2/9']],
  ['colours stay', '\u001B[31mred\u001B[0m', ['\u001B[31mred\u001B[0m']],
  [
    'the end of a coloured line',
    '\u001B[31mred rose\u001B[0m\rblu',
    ['blu\u001B[31m rose\u001B[0m'],
  ],
  ['two bars below each other', 'a 1\nb 1\u001B[A\ra 2\n\rb 2', ['a 2', 'b 2']],
  [
    'what moves the cursor or the window is dropped',
    '\u001B[2J\u001B]0;title\u0007x\u001B[3;4Hy',
    ['xy'],
  ],
  ['bells and zeros', 'a\u0007\u0000b', ['ab']],
  ['a tab', 'a\tb', ['a    b']],
])('%s', (_name, text, expected) => {
  expect(shown(text)).toEqual(expected)
})

test('it does not matter where the pieces are cut', () => {
  const piece = fc.constantFrom(
    'step 1',
    '\r',
    '\n',
    '\u001B[31m',
    '\u001B[K',
    '\u001B[A',
    '\u001B]8;;x\u001B\\',
    '訓練',
    'é',
    '\b',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (all, size) => {
      const bytes = Buffer.from(all.join(''))
      const output = createOutputLines()
      for (let at = 0; at < bytes.length; at += size) output.push(bytes.subarray(at, at + size))
      const lines = output.lines().map(({ text }) => text)
      // An unfinished sequence waits; finish it the same way for both.
      expect(lines).toEqual(shown(all.join('')))
    }),
  )
})

test('memory is bounded, and what was let go is counted', () => {
  const output = createOutputLines({ maxLines: 100 })
  for (let line = 0; line < 1_000; line += 1) output.push(Buffer.from(`${line}\n`))
  expect(output.lines().map(({ text }) => text)).toEqual(
    Array.from({ length: 100 }, (_, index) => String(900 + index)),
  )
  expect(output.droppedCount()).toBe(900)
  output.push(Buffer.from('x'.repeat(100_000)))
  expect(output.lines().at(-1)?.text.length).toBeLessThanOrEqual(4_096)
})

test('changes are told, with the line that changed', () => {
  const changed: string[] = []
  const output = createOutputLines({ onChange: ({ text }) => changed.push(text) })
  output.push(Buffer.from('a\nb'))
  output.push(Buffer.from('\rc'))
  expect(changed).toEqual(['a', 'b', 'c'])
})
