import stringWidth from 'string-width'
import { COLOR } from './sequences.js'

/**
 * Text of which every character takes one column: ASCII, the letters of Western Europe, and the
 * lines, blocks and arrows that the view is drawn with. Most of a screen; measured by its length.
 */
const NARROW =
  /^[\u0020-\u007E\u00A1-\u00AC\u00AE-\u00FF\u2013\u2014\u2022\u2026\u2190-\u2193\u2500-\u259F\u25A0\u25B2\u25B6\u25BC\u25CB\u25CF\u25D0\u2715\u2713]*$/

const COLORS = new RegExp(COLOR, 'g')

/** The text without its colours. */
export function stripColors(text: string): string {
  return text.includes('\u001B') ? text.replace(COLORS, '') : text
}

/** Terminal columns that a line takes: colours count as nothing, wide characters as two. */
export function displayWidth(line: string): number {
  const text = stripColors(line)
  return NARROW.test(text) ? text.length : stringWidth(text)
}
