/** What one case of a vector file gave. */
export interface VectorOutcome {
  readonly name: string
  readonly ok: boolean
  readonly expected: unknown
  readonly got: unknown
}

/**
 * True when two JSON values are equal: numbers within a relative tolerance (absolute below 1),
 * everything else exactly; objects need the same keys, in any order.
 */
export function compareDeep(expected: unknown, got: unknown, tolerance = 1e-9): boolean {
  if (typeof expected === 'number' && typeof got === 'number') {
    return Math.abs(expected - got) <= tolerance * Math.max(1, Math.abs(expected))
  }
  if (typeof expected !== 'object' || typeof got !== 'object' || !expected || !got) {
    return Object.is(expected, got)
  }
  if (Array.isArray(expected) !== Array.isArray(got)) return false
  const left = expected as Readonly<Record<string, unknown>>
  const right = got as Readonly<Record<string, unknown>>
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => key in right && compareDeep(left[key], right[key], tolerance))
  )
}

/** Compares one case; an error that `run` throws is what the case got. */
export function outcomeOf(name: string, expected: unknown, run: () => unknown): VectorOutcome {
  let got: unknown
  try {
    got = run()
  } catch (error) {
    got = { threw: String(error) }
  }
  return { name, ok: compareDeep(expected, got), expected, got }
}
