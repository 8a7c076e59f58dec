import { expect, test } from 'vitest'
import {
  formatBytes,
  formatBytesOf,
  formatCount,
  formatMs,
  formatRate,
  formatSkew,
  formatSpan,
  formatValue,
} from './format.js'

const GIB = 1024 ** 3

test.each([
  [formatMs(null), 'n/a'],
  [formatMs(0), '0.0 ms'],
  [formatMs(12.34), '12.3 ms'],
  [formatMs(999), '999 ms'],
  [formatMs(1000), '1.00 s'],
  [formatMs(60_000), '1.00 min'],
  [formatMs(3_600_000), '1.00 h'],
  [formatBytes(null), 'n/a'],
  [formatBytes(0), '0 B'],
  [formatBytes(1023), '1023 B'],
  [formatBytes(10_240), '10.0 KiB'],
  [formatBytes(5.5 * GIB), '5.50 GiB'],
  [formatBytes(123 * GIB), '123 GiB'],
  [formatBytesOf(18e9, 80 * GIB), '16.8 / 80.0 GiB'],
  [formatBytesOf(null, 80 * GIB), 'n/a / 80.0 GiB'],
  [formatBytesOf(GIB, null), '1.00 GiB'],
  [formatSkew(0.118), '+11.8 %'],
  [formatSkew(-0.02), '−2.0 %'],
  [formatSkew(null), 'n/a'],
  [formatCount(1_048_576), '1\u202F048\u202F576'],
  [formatCount(999), '999'],
  [formatRate(0.456), '0.46'],
  [formatRate(45.67), '45.7'],
  [formatRate(4567), '4\u202F567'],
  [formatSpan(4.24), '4.2 s'],
  [formatSpan(59.4), '59 s'],
  [formatSpan(185), '3 min 05 s'],
  [formatSpan(7620), '2 h 07 min'],
  [formatSpan(273_600), '3 d 4 h'],
  [formatValue(0.5, 'ratio'), '50.0 %'],
  [formatValue('r5', null), 'r5'],
  [formatValue(null, 'bytes'), 'n/a'],
  [formatValue(1.5, null), '1.5'],
])('%s', (text, expected) => {
  expect(text).toBe(expected)
})
