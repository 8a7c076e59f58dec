import { measured } from '../shared/measured.js'
import { observe, type RunningStat, runningStat } from '../shared/running-stat.js'
import type { ProcessSampleInput } from './input.js'

/** Running figures over process rows; filled by {@link observeRow}. */
export interface ProcessTotals {
  samples: number
  gpuAvailable: boolean | null
  readonly time: RunningStat
  readonly cpu: RunningStat
  readonly cores: RunningStat
  readonly ram: RunningStat
  readonly ramTotal: RunningStat
  readonly gpuCount: RunningStat
  readonly used: RunningStat
  readonly reserved: RunningStat
  readonly gpuTotal: RunningStat
  /** reserved / used of the rows that have both. */
  readonly overhang: RunningStat
}

/** Returns empty totals. */
export function createProcessTotals(): ProcessTotals {
  return {
    samples: 0,
    gpuAvailable: null,
    time: runningStat(),
    cpu: runningStat(),
    cores: runningStat(),
    ram: runningStat(),
    ramTotal: runningStat(),
    gpuCount: runningStat(),
    used: runningStat(),
    reserved: runningStat(),
    gpuTotal: runningStat(),
    overhang: runningStat(),
  }
}

/** Adds one row. */
export function observeRow(totals: ProcessTotals, row: ProcessSampleInput): void {
  totals.samples += 1
  const available = measured(row.gpu_available)
  if (available !== null) totals.gpuAvailable = totals.gpuAvailable === true || available !== 0
  observe(totals.time, measured(row.sample_ts_s))
  observe(totals.cpu, measured(row.cpu_percent))
  observe(totals.cores, measured(row.cpu_logical_core_count))
  observe(totals.ram, measured(row.ram_used_bytes))
  observe(totals.ramTotal, measured(row.ram_total_bytes))
  observe(totals.gpuCount, measured(row.gpu_count))
  const used = measured(row.gpu_mem_used_bytes)
  const reserved = measured(row.gpu_mem_reserved_bytes)
  observe(totals.used, used)
  observe(totals.reserved, reserved)
  observe(totals.gpuTotal, measured(row.gpu_mem_total_bytes))
  if (used !== null && used > 0 && reserved !== null) {
    observe(totals.overhang, measured(reserved / used))
  }
}
