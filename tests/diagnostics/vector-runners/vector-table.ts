import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { VectorOutcome } from './outcome.js'

/** Reads a vector file of this folder. */
export function loadVectors(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'))
}

/** One test a case, and one that no case got lost. */
export function vectorTable(
  title: string,
  outcomes: readonly VectorOutcome[],
  count: number,
): void {
  describe(title, () => {
    test('every case of the file ran', () => {
      expect(outcomes).toHaveLength(count)
    })
    test.each(outcomes)('$name', ({ ok, expected, got }) => {
      // The deep comparison has a tolerance; the strict one only explains a failure.
      if (!ok) expect(got).toEqual(expected)
      expect(ok).toBe(true)
    })
  })
}
