/** Columns of the whole report. */
const BOX_WIDTH = 88
/** Columns of text inside. */
const INNER_WIDTH = 84

/** A horizontal border. */
export const BORDER: string = `+${'-'.repeat(BOX_WIDTH - 2)}+`

/** One line of text inside the box; longer text runs over the border rather than being cut. */
export function boxRow(text: string): string {
  return `|  ${text.padEnd(INNER_WIDTH)}|`
}

/** Breaks text at blanks to `width` columns; words are never broken, blank text is one empty line. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines
}
