import { fractionOf, measured, percentOf } from '../shared/measured.js'
import { meanOf, observe, type RunningStat, runningStat, spanOf } from '../shared/running-stat.js'
import type { GpuPool } from './gpu-signals.js'
import type { SystemSampleInput } from './input.js'
import type { SystemSignals } from './signals.js'

/** Running figures over samples; filled by {@link observeSample}. */
export interface SampleTotals {
  samples: number
  anyGpu: boolean
  readonly time: RunningStat
  readonly cpu: RunningStat
  readonly ram: RunningStat
  readonly ramTotal: RunningStat
  readonly gpuCount: RunningStat
  /** Means over samples; the peaks are kept apart. */
  readonly util: RunningStat
  readonly mem: RunningStat
  readonly temp: RunningStat
  readonly power: RunningStat
  readonly utilPeak: RunningStat
  readonly memPeak: RunningStat
  readonly tempPeak: RunningStat
  readonly powerPeak: RunningStat
}

/** Returns empty totals. */
export function createSampleTotals(): SampleTotals {
  return {
    samples: 0,
    anyGpu: false,
    time: runningStat(),
    cpu: runningStat(),
    ram: runningStat(),
    ramTotal: runningStat(),
    gpuCount: runningStat(),
    util: runningStat(),
    mem: runningStat(),
    temp: runningStat(),
    power: runningStat(),
    utilPeak: runningStat(),
    memPeak: runningStat(),
    tempPeak: runningStat(),
    powerPeak: runningStat(),
  }
}

/** Adds one sample and the GPU rows of that sample; a sample without GPU rows has no GPU figure. */
export function observeSample(
  totals: SampleTotals,
  row: SystemSampleInput,
  gpus: GpuPool | null,
): void {
  totals.samples += 1
  if (measured(row.gpu_available)) totals.anyGpu = true
  observe(totals.time, measured(row.sample_ts_s))
  observe(totals.cpu, measured(row.cpu_percent))
  observe(totals.ram, measured(row.ram_used_bytes))
  observe(totals.ramTotal, measured(row.ram_total_bytes))
  observe(totals.gpuCount, measured(row.gpu_count))
  if (gpus === null) return
  observe(totals.util, meanOf(gpus.util))
  observe(totals.mem, meanOf(gpus.mem))
  observe(totals.temp, meanOf(gpus.temp))
  observe(totals.power, meanOf(gpus.power))
  observe(totals.utilPeak, gpus.util.max)
  observe(totals.memPeak, gpus.mem.max)
  observe(totals.tempPeak, gpus.temp.max)
  observe(totals.powerPeak, gpus.power.max)
}

/** Returns the figures of everything that was added. */
export function signalsOf(totals: SampleTotals): SystemSignals {
  return {
    durationSeconds: spanOf(totals.time),
    samples: totals.samples,
    cpuAvgPercent: meanOf(totals.cpu),
    cpuPeakPercent: totals.cpu.max,
    ramAvgBytes: meanOf(totals.ram),
    ramPeakBytes: totals.ram.max,
    ramTotalBytes: totals.ramTotal.max,
    ramPressureRatio: fractionOf(totals.ram.max, totals.ramTotal.max),
    ramPeakPercent: percentOf(totals.ram.max, totals.ramTotal.max),
    gpuAvailable: totals.samples === 0 ? null : totals.anyGpu,
    gpuCount: totals.gpuCount.max,
    gpuUtilAvgPercent: meanOf(totals.util),
    gpuUtilPeakPercent: totals.utilPeak.max,
    gpuMemAvgBytes: meanOf(totals.mem),
    gpuMemPeakBytes: totals.memPeak.max,
    gpuTempAvgCelsius: meanOf(totals.temp),
    gpuTempPeakCelsius: totals.tempPeak.max,
    gpuPowerAvgWatts: meanOf(totals.power),
    gpuPowerPeakWatts: totals.powerPeak.max,
  }
}
