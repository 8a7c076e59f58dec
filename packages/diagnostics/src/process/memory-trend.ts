import { analyzeRobustTrend } from '@traceml/analysis'
import { measured } from '../shared/measured.js'
import type { ProcessSampleInput } from './input.js'
import type { ProcessMemoryTrend } from './signals.js'

/** Start-up fills memory by right: models, optimizer state, caches of the allocator. */
const STARTUP_RATIO = 0.25
const BLOCKS = { maxBlocks: 12, minBlockSize: 2 }

/**
 * How the resident memory of one rank went after its start-up, by the robust trend of its samples;
 * null with fewer than 22 samples.
 *
 * @param rows - Of one rank, oldest first. Samples without a memory or a time are left out.
 */
export function memoryTrend(rows: readonly ProcessSampleInput[]): ProcessMemoryTrend | null {
  const bytes: number[] = []
  const times: number[] = []
  for (const row of rows) {
    const used = measured(row.ram_used_bytes)
    const time = measured(row.sample_ts_s)
    if (used === null || time === null) continue
    bytes.push(used)
    times.push(time)
  }
  const from = Math.floor(bytes.length * STARTUP_RATIO)
  const series = Float64Array.from(bytes.slice(from))
  const trend = analyzeRobustTrend(series, BLOCKS)
  if (trend === null) return null
  const [first = 0] = series
  return {
    firstBytes: first,
    lastBytes: series.at(-1) ?? first,
    growthBytes: trend.slope * (series.length - 1),
    seconds: (times.at(-1) ?? 0) - (times[from] ?? 0),
    score: trend.score,
    risingPairRatio: trend.risingPairRatio,
    isStep: trend.isStep,
  }
}
