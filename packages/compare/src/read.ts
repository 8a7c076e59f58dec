import type { ComparableSummary } from '@traceml/contracts'

/** A JSON object of unknown content. */
export type UnknownRecord = Readonly<Record<string, unknown>>

/** The value as an object, or null for anything else (arrays included). */
export function asRecord(value: unknown): UnknownRecord | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as UnknownRecord)
    : null
}

/** Walks `keys` through nested objects; undefined where the path ends early. */
export function readPath(summary: ComparableSummary, keys: readonly string[]): unknown {
  let current: unknown = summary
  for (const key of keys) {
    const record = asRecord(current)
    if (record === null || !Object.hasOwn(record, key)) return undefined
    current = record[key]
  }
  return current
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/**
 * Reads a stored value as a finite number: numbers, booleans (1 or 0) and decimal strings count,
 * everything else is null.
 */
export function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' && DECIMAL.test(value.trim())) {
    const parsed = Number(value.trim())
    return Number.isFinite(parsed) ? parsed : null
  }
  return null
}

/** Reads a stored value as trimmed text; null when missing or blank. */
export function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).trim()
  return text === '' ? null : text
}

/** `<section>.global.average.<metric>` as a number, null when missing. */
export function readAverage(
  summary: ComparableSummary,
  section: string,
  metric: string,
): number | null {
  return toNumber(readPath(summary, [section, 'global', 'average', metric]))
}

/** Value of a point such as `<section>.global.worst.<metric>.value`, null when missing. */
export function readPoint(
  summary: ComparableSummary,
  section: string,
  statistic: 'median' | 'worst',
  metric: string,
): number | null {
  return toNumber(readPath(summary, [section, 'global', statistic, metric, 'value']))
}

/** Status label of a section's diagnosis, null when missing. */
export function readStatus(summary: ComparableSummary, section: string): string | null {
  return toText(readPath(summary, [section, 'diagnosis', 'status']))
}

/** True when the summary has this section as an object, even an empty one. */
export function hasSection(summary: ComparableSummary, section: string): boolean {
  return asRecord(summary[section]) !== null
}
