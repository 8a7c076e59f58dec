import { plainLine } from '@traceml/contracts'

/** One column of a printed table. */
export interface PrintColumn {
  readonly title: string
  readonly align: 'left' | 'right'
  /** May be cut where the terminal is too narrow; at least this many columns stay. */
  readonly minWidth?: number
  /** Colours a cell that has its final width. */
  readonly paint?: (cell: string, row: number) => string
}

const GAP = '  '

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}

function widthsOf(
  columns: readonly PrintColumn[],
  rows: readonly (readonly string[])[],
  limit: number,
): readonly number[] {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const total = (): number =>
    widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1)
  columns.forEach(({ minWidth }, index) => {
    const width = widths[index] ?? 0
    if (minWidth === undefined || total() <= limit) return
    widths[index] = Math.max(Math.min(width, minWidth), width - (total() - limit))
  })
  return widths
}

/**
 * Lines of a table with a header. Cells are cleaned of what steers a terminal, and cut where the
 * table is wider than the limit and the column allows it.
 *
 * @param limit - Columns of the terminal; infinity for a file or pipe, where nothing is cut.
 */
export function printTable(
  columns: readonly PrintColumn[],
  cells: readonly (readonly string[])[],
  options: { readonly limit: number; readonly color: boolean; readonly header?: boolean },
): readonly string[] {
  const rows = cells.map((row) => row.map((cell) => plainLine(cell, 1000)))
  const widths = widthsOf(columns, rows, options.limit)
  const line = (row: readonly string[], index: number | null): string =>
    columns
      .map(({ align, paint }, column) => {
        const width = widths[column] ?? 0
        const cell = cut(row[column] ?? '', width)
        const padded = align === 'left' ? cell.padEnd(width) : cell.padStart(width)
        return options.color && paint !== undefined && index !== null
          ? paint(padded, index)
          : padded
      })
      .join(GAP)
      .trimEnd()
  const header = line(
    columns.map((column) => column.title),
    null,
  )
  return [...(options.header === false ? [] : [header]), ...rows.map(line)]
}
