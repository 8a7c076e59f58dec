import { plainText } from '@traceml/contracts'

/** Columns of the whole card. */
const BOX_WIDTH = 78
/** Columns between the borders, after the left margin. */
export const INNER_WIDTH = 74
/** Columns that text may use: leaves a margin at the right border. */
export const TEXT_WIDTH = 72

/** A horizontal border. */
export const BORDER: string = `+${'-'.repeat(BOX_WIDTH - 2)}+`

const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1F64F}\u{1F680}-\u{1FAFF}\u{20000}-\u{3FFFD}]/gu
const NO_WIDTH = /[\p{M}\u200C\u200D]/gu

/** Columns that a text takes in a terminal: East Asian characters and emoji two, marks none. */
function columnsOf(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0
  return [...text.replaceAll(NO_WIDTH, '')].length + wide
}

/**
 * One line of text inside the box, without anything that steers a terminal; longer text runs over
 * the border rather than being cut.
 */
export function boxRow(text: string): string {
  const plain = plainText(text).replaceAll(/[\n\t]/g, ' ')
  return `|  ${plain}${' '.repeat(Math.max(0, INNER_WIDTH - columnsOf(plain)))}|`
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
