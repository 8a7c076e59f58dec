import { displayWidth } from '../text/measure.js'

const ESC = '\u001B'

/** Terminals that know it show everything in between at once; others ignore it. */
const BEGIN_UPDATE = `${ESC}[?2026h`
const END_UPDATE = `${ESC}[?2026l`
const RESET = `${ESC}[0m`

/**
 * The text that turns a screen that shows `before` into one that shows `after`: only rows that
 * differ are written. Empty when nothing does.
 *
 * @param columns - Width of the screen.
 * @param before - Null: nothing is known of the screen, every row is written.
 */
export function frameDiff(
  before: readonly string[] | null,
  after: readonly string[],
  columns: number,
): string {
  let text = ''
  for (const [row, line] of after.entries()) {
    if (before !== null && before[row] === line) continue
    text += `${ESC}[${row + 1};1H${line}${line.includes(ESC) ? RESET : ''}`
    // At the right edge the cursor stands on the last character, which would be erased.
    if (displayWidth(line) < columns) text += `${ESC}[K`
  }
  return text === '' ? '' : `${BEGIN_UPDATE}${text}${END_UPDATE}`
}
