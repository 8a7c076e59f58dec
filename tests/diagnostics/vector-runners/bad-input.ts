import fc from 'fast-check'

/** What a column of a damaged file may hold. */
const anyCell: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0, max: 200, noNaN: true }) },
  { weight: 3, arbitrary: fc.constantFrom(null, undefined, 0, -1, 1) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.MAX_VALUE,
      Number.MIN_VALUE,
      'text',
      '12',
      true,
      {},
    ),
  },
)

/** Rows with damaged values; ids are distinct, `small` columns are small integers or null. */
export function anyRows<Row>(
  columns: readonly string[],
  small: readonly string[],
  maxLength = 30,
): fc.Arbitrary<Row[]> {
  const cells = Object.fromEntries(columns.map((column) => [column, anyCell]))
  const ordinals = Object.fromEntries(
    small.map((column) => [column, fc.oneof(fc.nat({ max: 3 }), fc.constantFrom(null, 1.5, -1))]),
  )
  return fc
    .array(fc.record({ ...cells, ...ordinals }, { requiredKeys: small as never[] }), { maxLength })
    .map((rows) => rows.map((row, index) => ({ ...row, id: index + 1 }) as Row))
}

/** The first path to a value that JSON cannot hold, or null. */
export function pathOfNonJson(value: unknown, path = 'value'): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : path
  if (value === undefined || typeof value === 'function') return path
  if (typeof value !== 'object' || value === null) return null
  for (const [key, entry] of Object.entries(value)) {
    const found = pathOfNonJson(entry, `${path}.${key}`)
    if (found !== null) return found
  }
  return null
}
