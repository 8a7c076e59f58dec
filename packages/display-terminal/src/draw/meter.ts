const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/**
 * A bar of exactly `columns` columns that is filled by `ratio`, in steps of an eighth of a column.
 * Above zero something is always visible. Null (unknown) is an empty bar.
 */
export function meter(ratio: number | null, columns: number): { fill: string; rest: string } {
  if (columns <= 0) return { fill: '', rest: '' }
  const clamped = Math.min(1, Math.max(0, ratio ?? 0))
  const eighths = clamped > 0 ? Math.max(1, Math.round(clamped * columns * 8)) : 0
  const part = EIGHTHS[eighths % 8] ?? ''
  const fill = '█'.repeat(Math.floor(eighths / 8)) + part
  return { fill, rest: '·'.repeat(columns - fill.length) }
}
