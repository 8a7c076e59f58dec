const INTEGER_TEXT = /^\s*[+-]?\d+\s*$/

/**
 * An integer out of what a sender wrote: numbers are truncated, whole-number text is parsed, true
 * is 1; everything else, NaN and integers beyond 2^53 included, is null.
 */
export function toInteger(value: unknown): number | null {
  let number: number
  if (typeof value === 'number') number = Math.trunc(value)
  else if (typeof value === 'boolean') number = value ? 1 : 0
  else if (typeof value === 'bigint') number = Number(value)
  else if (typeof value === 'string' && INTEGER_TEXT.test(value)) number = Number(value)
  else return null
  // Adding zero turns -0, which JSON cannot show, into 0.
  return Number.isSafeInteger(number) ? number + 0 : null
}

/** A finite number out of a number, numeric text or boolean; everything else is null. */
export function toFloat(value: unknown): number | null {
  let number: number
  if (typeof value === 'number') number = value
  else if (typeof value === 'boolean') number = value ? 1 : 0
  else if (typeof value === 'bigint') number = Number(value)
  else if (typeof value === 'string' && value.trim() !== '') number = Number(value)
  else return null
  return Number.isFinite(number) ? number : null
}

/** Text of any value; null and undefined stay null. */
export function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : String(value)
}

/** True for a map as it comes off the wire: an object that is neither an array nor bytes. */
export function isWireMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  )
}
