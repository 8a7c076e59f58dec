import { formatFixed } from '@traceml/analysis'

const BYTES_PER_GB = 1e9
const MEMORY_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** Whole percent, as the cards of the sections show them. */
export function cardPercent(value: number | null): string {
  return value === null ? 'n/a' : `${formatFixed(value, 0)}%`
}

/** Gigabytes of 10⁹ bytes with one decimal. */
export function cardGigabytes(bytes: number | null): string {
  return bytes === null ? 'n/a' : `${formatFixed(bytes / BYTES_PER_GB, 1)} GB`
}

/** Seconds with one decimal. */
export function cardSeconds(value: number | null): string {
  return value === null ? 'n/a' : `${formatFixed(value, 1)}s`
}

/** Memory in the largest unit of 1024 that leaves at least 1: two decimals below 10, none from 100. */
export function cardMemory(bytes: number | null): string {
  if (bytes === null) return 'n/a'
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < MEMORY_UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const decimals = unit === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return `${formatFixed(value, decimals)} ${MEMORY_UNITS[unit]}`
}

/** A count with its noun. */
export function cardCount(count: number | null, one: string, many: string): string {
  return count === null ? `n/a ${many}` : `${count} ${count === 1 ? one : many}`
}
