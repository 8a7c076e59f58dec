import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { clip, textTable, wrapText } from './box.js'
import { severityLabel, statusLabel, textBar, textShare, textSkew, textValue } from './format.js'

type Rows<Arguments extends readonly unknown[]> = (readonly [...Arguments, string])[]

interface FormatVectors {
  readonly text_value: Rows<[string, number | null]>
  readonly text_share: Rows<[number | null, number | null]>
  readonly text_skew: Rows<[string, number | null, number | null]>
  readonly text_clip: Rows<[string, number]>
  readonly status_label: Rows<[string | null]>
  readonly severity_label: Rows<[string | null]>
}

const vectors = JSON.parse(
  readFileSync(
    new URL('../../../../tests/reporting/vectors/report_format.json', import.meta.url),
    'utf8',
  ),
) as FormatVectors

describe('formats of the published report', () => {
  test.each(vectors.text_value)('value %s %s', (metric, value, expected) => {
    expect(textValue(metric, value)).toBe(expected)
  })
  test.each(vectors.text_share)('share %s of %s', (value, total, expected) => {
    expect(textShare(value, total)).toBe(expected)
  })
  test.each(vectors.text_skew)('skew of %s from %s to %s', (metric, median, worst, expected) => {
    expect(textSkew(metric, median, worst)).toBe(expected)
  })
  test.each(vectors.text_clip)('%j in %i columns', (text, width, expected) => {
    expect(clip(text, width)).toBe(expected)
  })
  test.each(vectors.status_label)('status %j', (status, expected) => {
    expect(statusLabel(status)).toBe(expected)
  })
  test.each(vectors.severity_label)('severity %j', (severity, expected) => {
    expect(severityLabel(severity)).toBe(expected)
  })
})

test('a bar shows any share above zero and never exceeds its width', () => {
  expect(textBar(0.001, 10)).toBe('█')
  expect(textBar(0.5, 10)).toBe('█████')
  expect(textBar(1.7, 10)).toBe('█'.repeat(10))
  expect([textBar(0, 10), textBar(null, 10)]).toEqual(['', ''])
})

test('text wraps at blanks, with an indent, without breaking words', () => {
  expect(wrapText('Why: one two three', 10, 5)).toEqual(['Why: one', '     two', '     three'])
  expect(wrapText('averyveryverylongword b', 8)).toEqual(['averyveryverylongword', 'b'])
  expect(wrapText('  ', 8)).toEqual([''])
})

test('a table cuts cells that are too long', () => {
  const columns = [
    { title: 'Name', width: 6, align: 'left' },
    { title: 'Value', width: 6, align: 'right' },
  ] as const
  expect(textTable(columns, [['something', '1.0ms']])[2]).toBe('somet.   1.0ms')
})
