import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { duration, grouped, htmlShare, htmlValue, moment, spokenValue } from './values.js'

const { html_value: vectors } = JSON.parse(
  readFileSync(
    new URL('../../../../tests/reporting/vectors/report_format.json', import.meta.url),
    'utf8',
  ),
) as { readonly html_value: (readonly [string, unknown, string])[] }

test.each(vectors)('value %s %s', (metric, value, expected) => {
  expect(htmlValue(metric, value).markup).toBe(expected)
})

test('thousands are grouped, fractions are not', () => {
  expect(grouped(1234567.125, 2)).toBe('1,234,567.12')
  expect(grouped(-1234.5, 0)).toBe('-1,234')
  expect(grouped(999, 0)).toBe('999')
})

test('shares need a whole above zero', () => {
  expect(htmlShare(1, 3).markup).toBe('33.3%')
  for (const whole of [0, -1, null]) expect(htmlShare(1, whole).markup).toBe('—')
})

test('times are said as people say them', () => {
  expect([0, 59.94, 65.4, 3599.6, 7265].map(duration)).toEqual([
    '0.0 s',
    '59.9 s',
    '1 min 05 s',
    '1 h 00 min',
    '2 h 01 min',
  ])
  expect(moment('2026-11-25T10:22:51.123456+00:00')).toBe('2026-11-25 10:22 UTC')
  expect(moment('yesterday')).toBe('yesterday')
  expect(spokenValue('x_c', 61.2)).toBe('61 °C')
  expect(spokenValue('x_ms', null)).toBe('not measured')
})
