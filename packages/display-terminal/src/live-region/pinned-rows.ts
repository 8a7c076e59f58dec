import {
  clearRow,
  cursorUp,
  RESET_SCROLL_REGION,
  RESTORE_CURSOR,
  SAVE_CURSOR,
  scrollDown,
  setScrollRegion,
} from './escape.js'

/** The bottom rows of a terminal while they are ours. */
export interface PinnedRows {
  /** Screen rows when they were taken. */
  readonly screenRows: number
  /** How many of the bottom rows are ours. */
  readonly height: number
}

/**
 * Takes the `height` bottom rows of a screen: everything else, of whichever process, scrolls above
 * them from now on. The cursor stays where it was, the lines above it move up if they must.
 */
export function takeRows(pinned: PinnedRows): string {
  return [
    // Room below the cursor first, or the cursor would end inside the rows that are ours.
    scrollDown(pinned.height),
    cursorUp(pinned.height),
    SAVE_CURSOR,
    setScrollRegion(pinned.screenRows - pinned.height),
    RESTORE_CURSOR,
  ].join('')
}

/** Writes `lines` into the rows that are ours; missing lines are empty. */
export function drawRows(pinned: PinnedRows, lines: readonly string[]): string {
  const rows = Array.from({ length: pinned.height }, (_, index) => {
    const row = pinned.screenRows - pinned.height + 1 + index
    return `${clearRow(row)}${lines[index] ?? ''}`
  })
  return `${SAVE_CURSOR}${rows.join('')}${RESTORE_CURSOR}`
}

/** Empties our rows and lets the whole screen scroll again; the cursor stays where it is. */
export function releaseRows(pinned: PinnedRows): string {
  const rows = Array.from({ length: pinned.height }, (_, index) =>
    clearRow(pinned.screenRows - pinned.height + 1 + index),
  )
  return `${SAVE_CURSOR}${RESET_SCROLL_REGION}${rows.join('')}${RESTORE_CURSOR}`
}
