import stringWidth from 'string-width'
import { displayWidth, stripColors } from './measure.js'

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours start with ESC.
const ANSI_OR_TEXT = /\u001B\[[0-9;]*m|[^\u001B]+|\u001B/gu
const RESET = '\u001B[0m'
let segmenter: Intl.Segmenter | undefined

/**
 * Cuts a line to `columns` terminal columns; colours count as nothing, wide characters as two.
 * A cut line ends in `…` and resets its colours.
 */
export function clipLine(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line
  segmenter ??= new Intl.Segmenter()
  let width = 0
  let result = ''
  let colored = false
  for (const part of line.match(ANSI_OR_TEXT) ?? []) {
    if (part.startsWith('\u001B')) {
      colored = true
      result += part
      continue
    }
    for (const { segment } of segmenter.segment(part)) {
      const size = stringWidth(segment)
      if (width + size > columns - 1) return `${result}…${colored ? RESET : ''}`
      width += size
      result += segment
    }
  }
  return result
}

/** Cuts a line to `columns` or fills it up with spaces. */
export function fitLine(line: string, columns: number, align: 'left' | 'right' = 'left'): string {
  if (columns <= 0) return ''
  const clipped = clipLine(line, columns)
  const space = ' '.repeat(Math.max(0, columns - displayWidth(clipped)))
  return align === 'left' ? clipped + space : space + clipped
}

/** Longer lines are cut: the pane is for many lines. */
const MAX_FOLDS = 4

/**
 * A line in pieces of at most `columns` columns, as a terminal shows one that is too long. A line
 * that has to be folded loses its colours; what is left after four pieces is cut.
 */
export function foldLine(line: string, columns: number): readonly string[] {
  if (displayWidth(line) <= columns) return [line]
  const pieces: string[] = []
  let piece = ''
  let width = 0
  const text = stripColors(line)
  let at = 0
  for (const character of text) {
    const size = displayWidth(character)
    if (width + size > columns) {
      if (pieces.length === MAX_FOLDS - 1)
        return [...pieces, clipLine(text.slice(at - piece.length), columns)]
      pieces.push(piece)
      piece = ''
      width = 0
    }
    piece += character
    width += size
    at += character.length
  }
  return [...pieces, piece]
}
