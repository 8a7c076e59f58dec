/** Columns of the whole card. */
const BOX_WIDTH = 78
/** Columns between the borders, after the left margin. */
export const INNER_WIDTH = 74
/** Columns that text may use: leaves a margin at the right border. */
export const TEXT_WIDTH = 72

/** A horizontal border. */
export const BORDER: string = `+${'-'.repeat(BOX_WIDTH - 2)}+`

/** One line of text inside the box; longer text runs over the border rather than being cut. */
export function boxRow(text: string): string {
  return `|  ${text.padEnd(INNER_WIDTH)}|`
}

/** Cuts text to `width` columns, with a `.` in the last one when something is lost. */
export function clip(text: string, width: number): string {
  if (text.length <= width) return text
  if (width <= 1) return text.slice(0, Math.max(0, width))
  return `${text.slice(0, width - 1)}.`
}

/**
 * Breaks text at blanks to `width` columns, with `indent` blanks before continuation lines. Words
 * are never broken; blank text is one empty line.
 */
export function wrapText(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line.trim() === '') {
      line = `${line}${word}`
    } else if (line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${' '.repeat(indent)}${word}`
    } else {
      line = `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** One column of a text table. */
export interface TextColumn {
  readonly title: string
  readonly width: number
  readonly align: 'left' | 'right'
}

function tableLine(columns: readonly TextColumn[], cells: readonly string[]): string {
  return columns
    .map(({ width, align }, index) => {
      const cell = clip(cells[index] ?? '', width)
      return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
    })
    .join('  ')
    .trimEnd()
}

/** A table with a header, a rule and one line a row; cells that are too long are cut. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const titles = columns.map((column) => column.title)
  return [
    tableLine(columns, titles),
    '-'.repeat(TEXT_WIDTH),
    ...rows.map((row) => tableLine(columns, row)),
  ]
}
