/** A value of a row as SQLite gives it. */
type Value = number | string | null

/** One column of packed rows; numbers travel as bytes, repeated values as positions in a list. */
type PackedColumn =
  | { readonly kind: 'numbers'; readonly key: string; readonly values: Float64Array }
  | {
      readonly kind: 'codes'
      readonly key: string
      readonly codes: Uint8Array
      readonly values: readonly unknown[]
    }
  | { readonly kind: 'plain'; readonly key: string; readonly values: readonly unknown[] }

/** Rows of one shape as columns: several times smaller and cheaper to hand over than objects. */
export interface PackedRows {
  readonly count: number
  readonly columns: readonly PackedColumn[]
}

/** Different values that one byte can stand for. */
const MAX_CODES = 256

/** Packs rows that have the keys of the first one. Linear in their values. @internal */
export function packRows(rows: readonly object[]): PackedRows {
  const first = rows[0]
  const keys = first === undefined ? [] : Object.keys(first)
  const records = rows as readonly Readonly<Record<string, unknown>>[]
  return { count: rows.length, columns: keys.map((key) => packColumn(records, key)) }
}

/** The rows again, equal to those that were packed. @internal */
export function unpackRows<Row>({ count, columns }: PackedRows): readonly Row[] {
  const rows = new Array<Record<string, unknown>>(count)
  for (let index = 0; index < count; index += 1) {
    const row: Record<string, unknown> = {}
    for (const column of columns) row[column.key] = valueAt(column, index)
    rows[index] = row
  }
  return rows as readonly unknown[] as readonly Row[]
}

/** The memory of packed rows, to be handed over instead of copied. @internal */
export function buffersOf({ columns }: PackedRows): readonly ArrayBuffer[] {
  return columns.flatMap((column) => {
    if (column.kind === 'plain') return []
    const bytes = column.kind === 'codes' ? column.codes : column.values
    return [bytes.buffer as ArrayBuffer]
  })
}

function packColumn(rows: readonly Readonly<Record<string, unknown>>[], key: string): PackedColumn {
  return packCodes(rows, key) ?? packNumbers(rows, key) ?? packPlain(rows, key)
}

/** Null when there are too many different values. */
function packCodes(
  rows: readonly Readonly<Record<string, unknown>>[],
  key: string,
): PackedColumn | null {
  const codes = new Uint8Array(rows.length)
  const known = new Map<unknown, number>()
  let last: unknown
  let lastCode = 0
  for (let index = 0; index < rows.length; index += 1) {
    const value = rows[index]?.[key]
    if (index === 0 || !Object.is(value, last)) {
      // A map takes 0 and -0 for the same key.
      if (Object.is(value, -0)) return null
      let code = known.get(value)
      if (code === undefined) {
        if (known.size === MAX_CODES) return null
        code = known.size
        known.set(value, code)
      }
      last = value
      lastCode = code
    }
    codes[index] = lastCode
  }
  return { kind: 'codes', key, codes, values: [...known.keys()] }
}

/** Null when a value is no number; NaN, which SQLite cannot store, stands for null. */
function packNumbers(
  rows: readonly Readonly<Record<string, unknown>>[],
  key: string,
): PackedColumn | null {
  const values = new Float64Array(rows.length)
  for (let index = 0; index < rows.length; index += 1) {
    const value = rows[index]?.[key] as Value | undefined
    if (value === null) values[index] = Number.NaN
    else if (typeof value === 'number' && !Number.isNaN(value)) values[index] = value
    else return null
  }
  return { kind: 'numbers', key, values }
}

function packPlain(rows: readonly Readonly<Record<string, unknown>>[], key: string): PackedColumn {
  return { kind: 'plain', key, values: rows.map((row) => row[key]) }
}

function valueAt(column: PackedColumn, index: number): unknown {
  if (column.kind === 'codes') return column.values[column.codes[index] as number]
  const value = column.values[index]
  return column.kind === 'numbers' && Number.isNaN(value) ? null : value
}
