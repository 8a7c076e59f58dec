import { measured, measuredInteger } from '../shared/measured.js'
import { meanOf, observe, type RunningStat, runningStat } from '../shared/running-stat.js'
import type { SystemGpuSampleInput } from './input.js'
import type { GpuSignals } from './signals.js'
import { sampleKeyOf } from './window.js'

/** The GPU rows of one sample. */
export interface GpuPool {
  readonly rows: readonly SystemGpuSampleInput[]
  readonly util: RunningStat
  readonly mem: RunningStat
  readonly temp: RunningStat
  readonly power: RunningStat
}

/** Groups GPU rows by the sample that they belong to. */
export function poolGpuRows(rows: readonly SystemGpuSampleInput[]): ReadonlyMap<string, GpuPool> {
  const pools = new Map<string, GpuPool & { readonly rows: SystemGpuSampleInput[] }>()
  let last: SystemGpuSampleInput | null = null
  let pool: (GpuPool & { readonly rows: SystemGpuSampleInput[] }) | undefined
  for (const row of rows) {
    // Rows of one sample follow each other: one look at the key of each.
    const isNext = last !== null && isSameSample(last, row)
    last = row
    const key = isNext ? null : sampleKeyOf(row)
    if (key !== null) pool = pools.get(key)
    if (pool === undefined) {
      pool = {
        rows: [],
        util: runningStat(),
        mem: runningStat(),
        temp: runningStat(),
        power: runningStat(),
      }
      if (key !== null) pools.set(key, pool)
    }
    pool.rows.push(row)
    observe(pool.util, measured(row.util))
    observe(pool.mem, measured(row.mem_used_bytes))
    observe(pool.temp, measured(row.temperature_c))
    observe(pool.power, measured(row.power_usage_w))
  }
  return pools
}

function isSameSample(a: SystemGpuSampleInput, b: SystemGpuSampleInput): boolean {
  return a.seq === b.seq && a.global_rank === b.global_rank && a.node_rank === b.node_rank
}

interface GpuTotals {
  readonly util: RunningStat
  readonly mem: RunningStat
  readonly memTotal: RunningStat
  readonly temp: RunningStat
  readonly power: RunningStat
  readonly powerLimit: RunningStat
}

/**
 * Returns the figures of each GPU, ascending by index.
 *
 * @param rows - `weight`: how many times a row counts in the means.
 */
export function gpuSignalsOf(
  rows: readonly { readonly row: SystemGpuSampleInput; readonly weight: number }[],
): readonly GpuSignals[] {
  const byIndex = new Map<number, GpuTotals>()
  for (const { row, weight } of rows) {
    const gpuIndex = measuredInteger(row.gpu_idx)
    if (gpuIndex === null) continue
    let totals = byIndex.get(gpuIndex)
    if (totals === undefined) {
      totals = {
        util: runningStat(),
        mem: runningStat(),
        memTotal: runningStat(),
        temp: runningStat(),
        power: runningStat(),
        powerLimit: runningStat(),
      }
      byIndex.set(gpuIndex, totals)
    }
    observe(totals.util, measured(row.util), weight)
    observe(totals.mem, measured(row.mem_used_bytes), weight)
    observe(totals.memTotal, measured(row.mem_total_bytes), weight)
    observe(totals.temp, measured(row.temperature_c), weight)
    observe(totals.power, measured(row.power_usage_w), weight)
    observe(totals.powerLimit, measured(row.power_limit_w), weight)
  }
  return [...byIndex.entries()]
    .toSorted(([a], [b]) => a - b)
    .map(([gpuIndex, totals]) => ({
      gpuIndex,
      utilAvgPercent: meanOf(totals.util),
      utilPeakPercent: totals.util.max,
      memAvgBytes: meanOf(totals.mem),
      memPeakBytes: totals.mem.max,
      memTotalBytes: totals.memTotal.max,
      tempAvgCelsius: meanOf(totals.temp),
      tempPeakCelsius: totals.temp.max,
      powerAvgWatts: meanOf(totals.power),
      powerPeakWatts: totals.power.max,
      powerLimitWatts: totals.powerLimit.max,
    }))
}
