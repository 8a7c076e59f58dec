import stringWidth from 'string-width'
import { COLOR } from '../text/sequences.js'

const COLOR_OR_CHARACTER = new RegExp(`(${COLOR})|[^]`, 'gu')
const RESET = '\u001B[0m'
/** A longer line is cut: nobody reads it, and a stream without line ends must not fill the memory. */
const MAX_COLUMNS = 4_096

/** One line as a terminal keeps it: a character and a way of writing for every column. */
export interface CellLine {
  readonly characters: string[]
  readonly pens: string[]
}

/** The pen after a colour sequence: sequences add up until a reset. */
export function changePen(pen: string, sequence: string): string {
  if (sequence === RESET || sequence === '\u001B[m') return ''
  // Nobody needs as many at once; a program that never resets must not fill the memory.
  return pen.length > 64 ? sequence : pen + sequence
}

/** Writes text without control characters at a column; returns the column after it. */
export function writeCells(line: CellLine, column: number, text: string, pen: string): number {
  let at = column
  for (const character of text) {
    const size = (character.codePointAt(0) ?? 0) < 0x300 ? 1 : stringWidth(character)
    if (at + size > MAX_COLUMNS) break
    while (line.characters.length < at) put(line, line.characters.length, ' ', '')
    if (size === 0) {
      // Marks belong to the character before them; what turns the direction of text is left out.
      if (at > 0 && !/\p{Cf}/u.test(character)) line.characters[at - 1] += character
      continue
    }
    put(line, at, character, pen)
    // The second column of a wide character.
    if (size === 2) put(line, at + 1, '', pen)
    at += size
  }
  return at
}

function put(line: CellLine, column: number, character: string, pen: string): void {
  line.characters[column] = character
  line.pens[column] = pen
}

/** Removes everything from a column on. */
export function eraseCells(line: CellLine, column: number): void {
  line.characters.length = Math.min(line.characters.length, column)
  line.pens.length = line.characters.length
}

/** The line as text; every change of colour begins with a reset, and the end is without colour. */
export function cellText({ characters, pens }: CellLine): string {
  let text = ''
  let pen = ''
  for (const [index, character] of characters.entries()) {
    const next = pens[index] ?? ''
    if (next !== pen) text += (pen === '' ? '' : RESET) + next
    pen = next
    text += character
  }
  return pen === '' ? text : text + RESET
}

/** The cells of a text that {@link cellText} made. */
export function cellsOf(text: string): CellLine {
  const line: CellLine = { characters: [], pens: [] }
  let pen = ''
  let column = 0
  for (const [part, color] of text.matchAll(COLOR_OR_CHARACTER)) {
    if (color === undefined) column = writeCells(line, column, part, pen)
    else pen = changePen(pen, color)
  }
  return line
}
