import { type Html, html } from './tag.js'

/** Rows that are drawn at most; tables have all. */
const MAX_DRAWN = 16

/**
 * The rows to draw where there are many, in the order given: the marked ones, then the heaviest.
 *
 * @param weight - What is drawn of a row.
 */
export function chooseRows<Row extends { readonly id: string }>(
  rows: readonly Row[],
  marked: ReadonlySet<string>,
  weight: (row: Row) => number,
): readonly Row[] {
  if (rows.length <= MAX_DRAWN) return rows
  const isMarked = (row: Row): number => (marked.has(row.id) ? 1 : 0)
  const byWeight = rows.toSorted((a, b) => isMarked(b) - isMarked(a) || weight(b) - weight(a))
  const chosen = new Set(byWeight.slice(0, MAX_DRAWN))
  return rows.filter((row) => chosen.has(row))
}

/** Says that others are not drawn; null when all are. */
export function othersNote(what: string, left: number): Html | null {
  return left <= 0
    ? null
    : html`<p class="quiet">The ranks with ${what}; ${left} more are in the table below.</p>`
}
