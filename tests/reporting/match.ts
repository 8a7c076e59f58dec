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

const at = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

/**
 * Every place where `actual` is not `expected`: numbers within 1e-9 (relative), blanked texts as any
 * non-empty string, the same keys everywhere. Empty when they match.
 */
export function mismatches(
  actual: unknown,
  expected: unknown,
  options: MatchOptions = {},
  path = '',
): readonly string[] {
  const { ignore = [], texts = [], absoluteTolerance = 0 } = options
  if (isIgnored(path, ignore)) return []
  const differs = [`${path || 'value'}: expected ${show(expected)}, got ${show(actual)}`]
  if (expected === null && texts.includes(path.split('.').at(-1) ?? '')) {
    return typeof actual === 'string' && /\S/.test(actual) ? [] : differs
  }
  if (typeof expected === 'number') {
    if (typeof actual !== 'number') return differs
    const tolerance = Math.max(absoluteTolerance, 1e-9 * Math.max(1, Math.abs(expected)))
    return Math.abs(actual - expected) <= tolerance ? [] : differs
  }
  if (typeof expected !== 'object' || expected === null) {
    return Object.is(actual, expected) ? [] : differs
  }
  if (typeof actual !== 'object' || actual === null) return differs
  if (Array.isArray(actual) !== Array.isArray(expected)) return differs
  const left = actual as Readonly<Record<string, unknown>>
  const right = expected as Readonly<Record<string, unknown>>
  const keys = [...new Set([...Object.keys(right), ...Object.keys(left)])]
  return keys.flatMap((key) => {
    const inside = at(path, key)
    if (isIgnored(inside, ignore)) return []
    if (!Object.hasOwn(left, key)) return [`${inside}: expected ${show(right[key])}, got nothing`]
    if (!Object.hasOwn(right, key)) return [`${inside}: expected nothing, got ${show(left[key])}`]
    return mismatches(left[key], right[key], options, inside)
  })
}
