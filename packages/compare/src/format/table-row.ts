function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}.`
}

/** Cells in columns of the given widths, one blank between them; what is too long is cut. */
export function tableRow(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? cell.length
      return clip(cell, width).padEnd(width)
    })
    .join(' ')
    .trimEnd()
}
