const ESC = '\u001B'

/** Remembers the cursor position. */
export const SAVE_CURSOR: string = `${ESC}7`
/** Returns to the remembered position. */
export const RESTORE_CURSOR: string = `${ESC}8`
/** Lets the whole screen scroll again; moves the cursor to the top left. */
export const RESET_SCROLL_REGION: string = `${ESC}[r`

/** Lets only rows 1 to `bottom` scroll; moves the cursor to the top left. */
export function setScrollRegion(bottom: number): string {
  return `${ESC}[1;${bottom}r`
}

/** Moves the cursor down, scrolling at the bottom, without changing its column. */
export function scrollDown(rows: number): string {
  return `${ESC}D`.repeat(rows)
}

/** Moves the cursor up without scrolling. */
export function cursorUp(rows: number): string {
  return `${ESC}[${rows}A`
}

/** Goes to the start of a row (1 is the top) and empties it. */
export function clearRow(row: number): string {
  return `${ESC}[${row};1H${ESC}[2K`
}
