import { formatFixed } from '@traceml/analysis'

const UNITS = [
  { size: 1024 ** 3, name: 'GiB', decimals: 2 },
  { size: 1024 ** 2, name: 'MiB', decimals: 1 },
  { size: 1024, name: 'KiB', decimals: 1 },
] as const

/** Returns bytes as short text in binary units: `1.25 GiB`, `17.4 MiB`, `0 B`. */
export function formatBinaryBytes(bytes: number): string {
  for (const { size, name, decimals } of UNITS) {
    if (bytes >= size) return `${formatFixed(bytes / size, decimals)} ${name}`
  }
  return `${formatFixed(bytes, 0)} B`
}
