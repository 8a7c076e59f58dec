import { readFileSync } from 'node:fs'
import type { CompareUnit } from '@traceml/contracts'
import { describe, expect, test } from 'vitest'
import { type DeltaInput, formatBytes1024, formatDelta, formatValue } from './cells.js'

interface FormatVectors {
  readonly memory_1024: readonly (readonly [number | null, string])[]
  readonly compare_value: readonly (readonly [number | string | null, CompareUnit, string])[]
  readonly compare_delta: readonly (readonly [DeltaInput, string])[]
}

const vectors = JSON.parse(
  readFileSync(
    new URL('../../../../tests/reporting/vectors/report_format.json', import.meta.url),
    'utf8',
  ),
) as FormatVectors

/** Deliberately different: published reports do not scale negative memory (see below). */
function isNegativeMemory(text: string): boolean {
  return /^-\d{7,} B/.test(text)
}

describe('formats of the published comparison', () => {
  const memory = vectors.memory_1024.filter(([, expected]) => !isNegativeMemory(expected))
  test.each(memory)('%s bytes', (bytes, expected) => {
    expect(formatBytes1024(bytes)).toBe(expected)
  })
  test.each(vectors.compare_value)('value %s %s', (value, unit, expected) => {
    expect(formatValue(value, unit)).toBe(expected)
  })
  const deltas = vectors.compare_delta.filter(([, expected]) => !isNegativeMemory(expected))
  test.each(deltas)('delta %j', (metric, expected) => {
    expect(formatDelta({ ...metric, delta: metric.delta ?? null })).toBe(expected)
  })
})

test('memory that shrinks is scaled like memory that grows', () => {
  expect(formatBytes1024(-5_000_000)).toBe('-4.77 MB')
  const shrunk: DeltaInput = {
    unit: 'bytes',
    lhs: 9e9,
    rhs: 6.3e9,
    delta: -2.7e9,
    pct_change: -30,
    delta_unit: null,
  }
  expect(formatDelta(shrunk)).toBe('-2.51 GB (-30.0%)')
})

test('a side that is missing has no delta', () => {
  expect(formatDelta({ unit: 'ms', lhs: null, rhs: 3, delta: null })).toBe('n/a')
})
