import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

const VECTORS = new URL('./vectors/', import.meta.url)

/** Reads a vector file of this area. */
export function readVector<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, VECTORS), 'utf8')) as T
}

/** Absolute path of a vector file. */
export function vectorPath(path: string): string {
  return new URL(path, VECTORS).pathname
}

export interface MatchOptions {
  /** Dotted paths (prefixes) that are not compared. */
  readonly ignore?: readonly string[]
  /** Last key of texts that the expected side blanks to null: any non-empty string matches. */
  readonly texts?: readonly string[]
  readonly absoluteTolerance?: number
}

function isIgnored(path: string, ignore: readonly string[]): boolean {
  return ignore.some((prefix) => path === prefix || path.startsWith(`${prefix}.`))
}

/**
 * Expects `actual` to equal `expected`: numbers within 1e-9 (relative), blanked texts as any
 * non-empty string, the same keys everywhere.
 */
export function expectMatch(
  actual: unknown,
  expected: unknown,
  options: MatchOptions = {},
  path = '',
): void {
  if (isIgnored(path, options.ignore ?? [])) return
  const key = path.split('.').at(-1) ?? ''
  if (expected === null && (options.texts ?? []).includes(key)) {
    expect(actual, path).toEqual(expect.stringMatching(/\S/))
    return
  }
  if (typeof expected === 'number') {
    expect(typeof actual, `${path}: ${String(actual)}`).toBe('number')
    const tolerance = Math.max(
      options.absoluteTolerance ?? 0,
      1e-9 * Math.max(1, Math.abs(expected)),
    )
    expect(
      Math.abs((actual as number) - expected),
      `${path}: ${String(actual)} ~ ${expected}`,
    ).toBeLessThanOrEqual(tolerance)
    return
  }
  if (Array.isArray(expected)) {
    expect(Array.isArray(actual), path).toBe(true)
    expect((actual as unknown[]).length, `${path} length`).toBe(expected.length)
    expected.forEach((item, index) => {
      expectMatch((actual as unknown[])[index], item, options, `${path}.${index}`)
    })
    return
  }
  if (typeof expected === 'object' && expected !== null) {
    expect(typeof actual === 'object' && actual !== null, path).toBe(true)
    const keys = (record: object): string[] =>
      Object.keys(record)
        .filter((name) => !isIgnored(path === '' ? name : `${path}.${name}`, options.ignore ?? []))
        .toSorted()
    expect(keys(actual as object), `${path} keys`).toEqual(keys(expected))
    for (const [name, value] of Object.entries(expected)) {
      expectMatch(
        (actual as Record<string, unknown>)[name],
        value,
        options,
        path === '' ? name : `${path}.${name}`,
      )
    }
    return
  }
  expect(actual, path).toBe(expected)
}
