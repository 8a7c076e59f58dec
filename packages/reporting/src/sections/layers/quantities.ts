import { formatFixed } from '@traceml/analysis'

/** A quantity with three significant digits, and its unit. */
export interface Quantity {
  readonly number: string
  readonly unit: string
}

const BYTE_UNITS = [
  { size: 1e12, unit: 'TB' },
  { size: 1e9, unit: 'GB' },
  { size: 1e6, unit: 'MB' },
  { size: 1e3, unit: 'KB' },
] as const

/** Layers are from bytes to gigabytes: the unit follows the value, powers of 1000. */
export function byteQuantity(bytes: number): Quantity {
  const { size, unit } = BYTE_UNITS.find((candidate) => bytes >= candidate.size) ?? {
    size: 1,
    unit: 'B',
  }
  return { number: size === 1 ? formatFixed(bytes, 0) : threeDigits(bytes / size), unit }
}

/** Milliseconds, from ten seconds on seconds. */
export function timeQuantity(ms: number): Quantity {
  return ms >= 1e4
    ? { number: threeDigits(ms / 1e3), unit: 's' }
    : { number: threeDigits(ms), unit: 'ms' }
}

function threeDigits(value: number): string {
  return formatFixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2)
}
