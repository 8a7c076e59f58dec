import { fitLine } from '../text/clip-line.js'
import { displayWidth } from '../text/measure.js'

/** One column of a table. */
export interface TableColumn<Row> {
  readonly title: string
  readonly align: 'left' | 'right'
  /** The cell's text, colours allowed. */
  readonly cell: (row: Row) => string
  /** Columns of the lowest priority go first when there is no room. */
  readonly priority: number
}

const GAP = 2

/** A table's header and rows, each at most `columns` wide. */
export interface TableLines {
  readonly header: string
  readonly rows: readonly string[]
}

/**
 * Lays out rows in columns that are as wide as what they hold. When they do not fit together the
 * columns of the lowest priority are left out, until one is left.
 */
export function layoutTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  width: number,
): TableLines {
  let shown = columns.map((column) => {
    const cells = rows.map((row) => column.cell(row))
    const widest = Math.max(displayWidth(column.title), ...cells.map(displayWidth))
    return { column, cells, size: widest }
  })
  const total = (): number =>
    shown.reduce((sum, { size }) => sum + size, 0) + GAP * (shown.length - 1)
  while (shown.length > 1 && total() > width) {
    const lowest = Math.min(...shown.map(({ column }) => column.priority))
    const last = shown.findLastIndex(({ column }) => column.priority === lowest)
    shown = shown.toSpliced(last, 1)
  }
  const gap = ' '.repeat(GAP)
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const entry = shown[index]
        return fitLine(cell, Math.min(width, entry?.size ?? 0), entry?.column.align)
      })
      .join(gap)
  return {
    header: line(shown.map(({ column }) => column.title)),
    rows: rows.map((_, index) => line(shown.map(({ cells }) => cells[index] ?? ''))),
  }
}
