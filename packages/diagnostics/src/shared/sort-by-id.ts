import { measured } from './measured.js'

/** Returns rows in the order in which they were stored; rows without an id keep their place. */
export function sortById<Row extends { readonly id?: number | undefined }>(
  rows: readonly Row[],
): readonly Row[] {
  return rows.toSorted((a, b) => idOf(a) - idOf(b))
}

/** Returns the id of a row, 0 when it has none. */
export function idOf(row: { readonly id?: number | undefined }): number {
  return measured(row.id) ?? 0
}
