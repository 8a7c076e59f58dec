import { StringDecoder } from 'node:string_decoder'
import { COLOR, SEQUENCE, SEQUENCE_START } from '../text/sequences.js'
import { type CellLine, cellsOf, cellText, changePen, eraseCells, writeCells } from './cell-line.js'

/** One line of the training's output. Its text changes while a progress bar rewrites it. */
export interface OutputLine {
  /** Colours are kept; nothing else that a terminal would obey is left. */
  readonly text: string
}

/** What a program prints, as the lines that a terminal would show. */
export interface OutputLines {
  /** Bytes as they come; characters and sequences may be cut anywhere. */
  push(bytes: Uint8Array): void
  /** The newest lines, oldest first. The last one may still be written to. */
  lines(): readonly OutputLine[]
  /** True when the last line is not finished: what comes next goes on in it. */
  isOpen(): boolean
  /** Lines that were let go because there were too many. */
  droppedCount(): number
}

/** Options of {@link createOutputLines}. */
export interface OutputLinesOptions {
  /** Lines that are kept. Default 1,000. */
  readonly maxLines?: number
  /** Told of every line that is begun or rewritten. */
  readonly onChange?: (line: OutputLine) => void
}

/** How far back a program may move its cursor, as progress bars that stand below each other do. */
const MAX_CURSOR_UP = 64

/** The beginning of a sequence at the end of a piece. */
const UNFINISHED = new RegExp(`${SEQUENCE_START}$`)
const TOKENS = new RegExp(
  [
    String.raw`(?<text>[^\p{Cc}]+)`,
    `(?<color>${COLOR})`,
    String.raw`(?<end>\n)`,
    String.raw`(?<start>\r)`,
    String.raw`(?<back>[\b])`,
    String.raw`\u001B\[(?<count>\d*)(?<command>[AFGK])`,
    SEQUENCE,
    '[^]',
  ].join('|'),
  'gu',
)

/** A line while it is written to has cells; later only its text is kept. */
interface Line {
  text: string
  cells: CellLine | null
}

/**
 * Reads output like a terminal as far as programs use it for lines: carriage returns rewrite the
 * line, progress bars below each other rewrite theirs, colours stay, everything else is dropped.
 */
export function createOutputLines(options: OutputLinesOptions = {}): OutputLines {
  const { maxLines = 1_000, onChange = () => {} } = options
  const decoder = new StringDecoder('utf8')
  const lines: Line[] = []
  const changed = new Set<Line>()
  let dropped = 0
  let rest = ''
  /** Index into `lines`; one past the last when the next text begins a line. */
  let row = 0
  let column = 0
  let pen = ''

  const currentLine = (): { readonly line: Line; readonly cells: CellLine } => {
    let line = lines[row]
    if (line === undefined) {
      line = { text: '', cells: null }
      lines.push(line)
      dropSurplus()
    }
    line.cells ??= cellsOf(line.text)
    changed.add(line)
    return { line, cells: line.cells }
  }
  const dropSurplus = (): void => {
    const surplus = lines.length - maxLines
    // In pieces, so that a long stream does not move the whole array for every line.
    if (surplus <= maxLines / 4) return
    lines.splice(0, surplus)
    dropped += surplus
    row -= surplus
  }
  const moveTo = (nextRow: number, nextColumn: number): void => {
    const left = lines[row]
    if (left?.cells && nextRow !== row) {
      left.text = cellText(left.cells)
      left.cells = null
    }
    row = nextRow
    column = nextColumn
  }
  const command = (name: string, count: string): void => {
    const number = Number(count || 1)
    if (name === 'G') column = Math.max(0, number - 1)
    else if (name === 'K') {
      if (count === '1') return
      if (lines[row] !== undefined) eraseCells(currentLine().cells, count === '2' ? 0 : column)
    } else {
      moveTo(Math.max(0, row - Math.min(number, MAX_CURSOR_UP)), name === 'F' ? 0 : column)
    }
  }
  const parse = (text: string): void => {
    for (const { groups = {} } of text.matchAll(TOKENS)) {
      const { text: printed, color, end, start, back, command: name } = groups
      if (printed !== undefined) column = writeCells(currentLine().cells, column, printed, pen)
      else if (color !== undefined) pen = changePen(pen, color)
      else if (end !== undefined) {
        if (lines[row] === undefined) currentLine()
        moveTo(row + 1, 0)
      } else if (start !== undefined) column = 0
      else if (back !== undefined) column = Math.max(0, column - 1)
      else if (name !== undefined) command(name, groups['count'] ?? '')
    }
  }
  return {
    push(bytes) {
      const all = rest + decoder.write(bytes)
      const cut = UNFINISHED.exec(all)?.index ?? all.length
      rest = all.slice(cut)
      parse(all.slice(0, cut).replaceAll('\t', '    '))
      for (const line of changed) {
        if (line.cells !== null) line.text = cellText(line.cells)
        onChange(line)
      }
      changed.clear()
    },
    lines: () => (lines.length > maxLines ? lines.slice(-maxLines) : lines),
    isOpen: () => row < lines.length,
    droppedCount: () => dropped + Math.max(0, lines.length - maxLines),
  }
}
