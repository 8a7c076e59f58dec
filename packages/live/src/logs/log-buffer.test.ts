import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogBuffer } from './log-buffer.js'
import { terminalText } from './terminal-text.js'

test.each([
  ['plain', 'plain'],
  ['10%\r20%\r100% done', '100% done'],
  ['long text\rab', 'abng text'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001b[2J\u001b[Hcleared', 'cleared'],
  ['a\u202eb\u0000c\u009b31md', 'abcd'],
  ['tab\tbed', 'tab bed'],
  ['<b>stays</b>', '<b>stays</b>'],
])('%j stands as %j', (line, text) => expect(terminalText(line)).toBe(text))

test('no control character is ever left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (line) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(terminalText(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    }),
  )
})

test('a rank that prints a lot hides no other', () => {
  const logs = new LogBuffer()
  logs.add({ rank: 1, ts: 1, line: 'quiet' })
  for (let index = 0; index < 10_000; index += 1) {
    logs.add({ rank: 0, ts: 1, line: `loud ${index}` })
  }
  expect(logs.query({ rank: 1 }).lines.map(({ text }) => text)).toEqual(['quiet'])
  const { lines, has_older } = logs.query({ rank: 0, limit: 2 })
  expect(lines.map(({ text }) => text)).toEqual(['loud 9998', 'loud 9999'])
  expect(has_older).toBe(true)
  const older = logs.query({ rank: 0, limit: 1, before_id: lines[0]?.id ?? 0 })
  expect(older.lines[0]?.text).toBe('loud 9997')
  expect(logs.query({ rank: 0, limit: 1, after_id: lines[0]?.id ?? 0 }).lines[0]?.text).toBe(
    'loud 9999',
  )
})

test('a progress bar is one line that changes', () => {
  const logs = new LogBuffer()
  for (const line of ['start', '10%\r', '20%\r', '30%']) logs.add({ rank: 0, ts: null, line })
  expect(logs.tail(10).map(({ text }) => text)).toEqual(['start', '30%'])
})
