import type { GpuInfo, GpuReading } from '@traceml/contracts'

/** Columns that are asked for, in this order; names as in `nvidia-smi --help-query-gpu`. */
export const QUERY: readonly string[] = [
  'index',
  'uuid',
  'name',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'temperature.gpu',
  'power.draw',
  'power.limit',
]

/** One line of the answer. */
export interface SmiLine {
  readonly info: GpuInfo
  readonly reading: GpuReading
}

const MIB = 1_048_576

/**
 * Reads a line of `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`; null for a line that is
 * none (a warning, an empty or a cut line). `[N/A]`, `[Not Supported]` and the like are null values.
 */
export function parseSmiLine(line: string): SmiLine | null {
  const cells = line.split(',').map((cell) => cell.trim())
  if (cells.length !== QUERY.length) return null
  const [index = '', uuid = '', name = '', ...numbers] = cells
  if (!/^\d+$/.test(index) || !uuid.startsWith('GPU-')) return null
  const [util, used, total, temperature, power, limit] = numbers.map(parseNumber)
  const memoryTotalBytes = bytes(total)
  return {
    info: { index: Number(index), uuid, name, memoryTotalBytes },
    reading: {
      utilPercent: util ?? null,
      memoryUsedBytes: bytes(used),
      memoryTotalBytes,
      temperatureCelsius: temperature ?? null,
      powerWatts: power ?? null,
      powerLimitWatts: limit ?? null,
    },
  }
}

function parseNumber(cell: string): number | null {
  return /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : null
}

function bytes(mebibytes: number | null | undefined): number | null {
  return mebibytes === null || mebibytes === undefined ? null : mebibytes * MIB
}
