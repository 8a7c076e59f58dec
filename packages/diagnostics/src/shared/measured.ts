/** No unit of ours reaches this: beyond it a value is damage, and sums of it would overflow. */
const LARGEST_MEASUREMENT = 1e18

/**
 * Returns a value as a measurement: a finite number up to 10^18, or null for everything else.
 *
 * Rows come from files and from other writers, so a column may be absent or hold what its type
 * does not allow. A stored flag may be a boolean: it reads as 1 or 0.
 */
export function measured(value: unknown): number | null {
  if (typeof value === 'number') return Math.abs(value) <= LARGEST_MEASUREMENT ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  return null
}

/** Returns a value as an integer label such as a rank or a step, or null. */
export function measuredInteger(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

/**
 * Returns `part / whole`, at least 0; null when either is unknown or the whole is not positive.
 * Both share one unit, the result is a fraction.
 */
export function fractionOf(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || whole <= 0) return null
  // A whole next to nothing gives no share: the result must survive being multiplied by 100.
  const fraction = measured(part / whole)
  return fraction === null ? null : Math.max(0, fraction)
}

/** Returns {@link fractionOf} on the scale 0 to 100. */
export function percentOf(part: number | null, whole: number | null): number | null {
  const fraction = fractionOf(part, whole)
  return fraction === null ? null : fraction * 100
}

/** Returns a value as a label, or null when it is no text or empty. */
export function measuredText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
