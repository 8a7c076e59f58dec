/** Columns of the whole report. */
const BOX_WIDTH = 78
/** Columns of text inside. */
const INNER_WIDTH = 74

/** A horizontal border. */
export const BORDER: string = `+${'-'.repeat(BOX_WIDTH - 2)}+`

/** One line of text inside the box; longer text runs over the border rather than being cut. */
export function boxRow(text: string): string {
  return `|  ${text.padEnd(INNER_WIDTH)}|`
}

/** A line with a label, wrapped; what follows stands below the text, not below the label. */
export function labelled(label: string, text: string, width: number): readonly string[] {
  const indent = ' '.repeat(label.length + 1)
  return wrapText(text, width - indent.length).map((line, index) =>
    `${index === 0 ? `${label} ` : indent}${line}`.trimEnd(),
  )
}

function pieces(word: string, width: number): readonly string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? []
}

/** Breaks text at blanks to `width` columns; words longer than that are cut into pieces, blank text is one empty line. */
function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  const words = text
    .split(/\s+/)
    .flatMap((word) => (word.length <= width ? [word] : pieces(word, width)))
    .filter((word) => word !== '')
  for (const word of words) {
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
