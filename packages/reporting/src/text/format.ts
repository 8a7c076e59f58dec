import { formatFixed } from '@traceml/analysis'
import { plainLine } from '@traceml/contracts'

/** What stands where nothing was measured. */
export const MISSING = 'n/a'

const BYTES_PER_GB = 1e9

/** A metric's value in the unit that its name ends in: `_ms`, `_bytes`, `_percent`, `_c`. */
export function textValue(metric: string, value: number | null): string {
  if (value === null) return MISSING
  if (metric.endsWith('_ms')) return `${formatFixed(value, 1)}ms`
  if (metric.endsWith('_bytes')) return `${formatFixed(value / BYTES_PER_GB, 2)}GB`
  if (metric.endsWith('_percent')) return `${formatFixed(value, 1)}%`
  if (metric.endsWith('_c')) return `${formatFixed(value, 0)}C`
  return formatFixed(value, 1)
}

/** `value` as a percentage of `total`. */
export function textShare(value: number | null, total: number | null): string {
  if (value === null || total === null || total <= 0) return MISSING
  return `${formatFixed((100 * value) / total, 1)}%`
}

/** Distance of the worst row from the median one, absolute or relative by the metric's unit. */
export function textSkew(metric: string, median: number | null, worst: number | null): string {
  if (median === null || worst === null) return MISSING
  const difference = Math.abs(worst - median)
  if (metric.endsWith('_percent')) return `${formatFixed(difference, 1)}pp`
  if (metric.endsWith('_c')) return `${formatFixed(difference, 0)}C`
  return median <= 0 ? MISSING : `${formatFixed((100 * difference) / median, 1)}%`
}

/** A status as people read it: blanks for underscores, upper case. */
export function statusLabel(status: string | null): string {
  const label = plainLine((status ?? '').replaceAll('_', ' '), 120).toUpperCase()
  return label === '' ? 'NO DATA' : label
}

/** A severity as people read it. */
export function severityLabel(severity: string | null): string {
  const label = plainLine(severity ?? '', 40).toUpperCase()
  if (label === 'CRIT' || label === 'CRITICAL') return 'CRITICAL'
  if (label === 'WARN' || label === 'WARNING') return 'WARNING'
  return label === '' ? 'INFO' : label
}

/** A horizontal bar for a share of 0 to 1; any share above zero is at least one cell. */
export function textBar(share: number | null, width: number): string {
  if (share === null || !(share > 0)) return ''
  return '█'.repeat(Math.max(1, Math.min(width, Math.round(share * width))))
}
