/** A value that can be bound to a column. */
export type ColumnValue = number | bigint | string | null

/** True for a map as it comes off the wire. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  )
}

/**
 * A number for a REAL column: numbers and booleans; everything else, NaN and text included, null.
 * Infinities stay.
 */
export function toReal(value: unknown): number | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'bigint' ? Number(value) : null
}

/**
 * A number for an INTEGER column: whole numbers up to 2^53 and booleans. A float with a whole value
 * counts, since JavaScript senders cannot tell 1 from 1.0; anything else costs this one value.
 */
export function toInt(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : null
  if (typeof value === 'boolean') return value ? 1 : 0
  return null
}

/** 1 for true, 0 for false, null for everything else. */
export function toFlag(value: unknown): number | null {
  return typeof value === 'boolean' ? (value ? 1 : 0) : null
}

/** Text stays; everything else is null. */
export function toTextOnly(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
