import { clipLine } from './clip-line.js'
import { displayWidth } from './measure.js'

/**
 * Breaks a sentence at its spaces into lines of at most `columns` columns, at most `maxLines` of
 * them; the last one then ends in `…`. A word that is longer than a line is cut.
 *
 * @param text - Without colours.
 */
export function wrapText(
  text: string,
  columns: number,
  maxLines: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  const lines: string[] = []
  let line = ''
  const words = text.split(' ').filter((word) => word !== '')
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || displayWidth(longer) <= columns) {
      line = longer
      continue
    }
    if (lines.length + 1 === maxLines) {
      return [...lines, clipLine([line, ...words.slice(index)].join(' '), columns)]
    }
    lines.push(clipLine(line, columns))
    line = word
  }
  return line === '' ? lines : [...lines, clipLine(line, columns)]
}
