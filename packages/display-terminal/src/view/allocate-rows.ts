/** A panel that wants rows. */
export interface RowWish {
  /** Rows without which it is not worth showing, its title included. */
  readonly minRows: number
  /** Rows with which it shows everything it has, at least `minRows`. */
  readonly wantedRows: number
  /** Gets what it wants before those with lower numbers do, and is left out after them. */
  readonly priority: number
}

/**
 * Shares out rows: who cannot have its least is left out (0 rows), the lowest priority first; then
 * everybody is raised to what it wants in the order of priority. Returns rows by position; together
 * they are at most `rows`.
 */
export function allocateRows(wishes: readonly RowWish[], rows: number): readonly number[] {
  const byPriority = wishes
    .map((wish, index) => ({ ...wish, index }))
    .toSorted((a, b) => b.priority - a.priority || a.index - b.index)
  const given = wishes.map(() => 0)
  let left = rows
  for (const { index, minRows, wantedRows } of byPriority) {
    const least = Math.min(minRows, wantedRows)
    if (least > left) continue
    given[index] = least
    left -= least
  }
  for (const { index, wantedRows } of byPriority) {
    const has = given[index] ?? 0
    if (has === 0) continue
    const more = Math.min(wantedRows - has, left)
    given[index] = has + more
    left -= more
  }
  return given
}
