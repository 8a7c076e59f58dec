import { formatFixed } from '@traceml/analysis'
import type { ComparedMetric, CompareUnit } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'

const MISSING = 'n/a'
const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/**
 * Bytes in units of 1024 with about three digits; `N/A` for null. Negative values are scaled like
 * positive ones.
 */
export function formatBytes1024(bytes: number | null): string {
  if (bytes === null) return 'N/A'
  let magnitude = Math.abs(bytes)
  let unit = 0
  while (magnitude >= 1024 && unit < BYTE_UNITS.length - 1) {
    magnitude /= 1024
    unit += 1
  }
  const decimals = unit === 0 || magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2
  return `${bytes < 0 ? '-' : ''}${formatFixed(magnitude, decimals)} ${BYTE_UNITS[unit]}`
}

/** One decimal; three for values that one decimal would nearly hide. */
function millisecondDecimals(...values: readonly (number | string | null)[]): number {
  const largest = Math.max(...values.map((value) => Math.abs(Number(value ?? 0))))
  return largest > 0 && largest < 1 ? 3 : 1
}

/** Seconds with one decimal, `n/a` for null. */
export function formatSeconds(seconds: number | null): string {
  return seconds === null ? MISSING : `${formatFixed(seconds, 1)} s`
}

/** One side of a metric. */
export function formatValue(value: number | string | null, unit: CompareUnit): string {
  if (value === null) return MISSING
  if (typeof value === 'string') return plainLine(value, 40)
  switch (unit) {
    case 'ms':
      return `${formatFixed(value, millisecondDecimals(value))} ms`
    case 'percent':
      return `${formatFixed(value, 1)}%`
    case 'gb':
      return `${formatFixed(value, 1)} GB`
    case 'bytes':
      return formatBytes1024(value)
    case null:
      return formatFixed(value, 1)
  }
}

/** The values that a delta cell needs. */
export type DeltaInput = Pick<ComparedMetric, 'unit' | 'lhs' | 'rhs' | 'delta'> &
  Partial<Pick<ComparedMetric, 'pct_change' | 'delta_unit'>>

function formatDeltaValue(delta: number, metric: DeltaInput): string {
  const signed = formatFixed(delta, 1, { sign: true })
  if (metric.delta_unit === 'percentage_point') return `${signed} pp`
  switch (metric.unit) {
    case 'ms': {
      const decimals = millisecondDecimals(metric.lhs, metric.rhs)
      return `${formatFixed(delta, decimals, { sign: true })} ms`
    }
    case 'gb':
      return `${signed} GB`
    case 'percent':
      return `${signed}%`
    case 'bytes':
      return `${delta > 0 ? '+' : ''}${formatBytes1024(delta)}`
    case null:
      return signed
  }
}

/** Change of a metric from A to B; `changed` or `same` for texts, `n/a` when a side is missing. */
export function formatDelta(metric: DeltaInput): string {
  if (typeof metric.lhs === 'string' || typeof metric.rhs === 'string') {
    return metric.lhs === metric.rhs ? 'same' : 'changed'
  }
  if (metric.delta === null) return MISSING
  const percent = metric.pct_change ?? null
  const suffix =
    percent === null || metric.unit === 'percent'
      ? ''
      : ` (${formatFixed(percent, 1, { sign: true })}%)`
  return `${formatDeltaValue(metric.delta, metric)}${suffix}`
}
