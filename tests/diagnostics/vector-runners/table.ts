/** A table of a vector file. */
export interface VectorTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** The rows of a table as objects; a column that the file leaves out is absent. */
export function rowsOf<Row>(table: VectorTable): Row[] {
  return table.rows.map(
    (row) => Object.fromEntries(table.columns.map((column, index) => [column, row[index]])) as Row,
  )
}

/**
 * The tokens that a text was asked to carry and does carry; equal to `expected` when none is
 * missing. A text that is empty carries nothing.
 */
export function carried(
  expected: readonly string[] | null | undefined,
  text: string | null,
): readonly string[] | null {
  if (expected === null || expected === undefined) return text === null ? null : []
  if (text === null || text.trim() === '') return ['(no text)']
  return expected.filter((token) => text.includes(token))
}
