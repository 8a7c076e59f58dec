import type { BandLimits } from '../shared/band.js'

/** Thresholds of the process domain. Every limit itself fires (`≥`). */
export interface ProcessPolicy {
  readonly name: string
  /** Mean CPU over all cores, 0 to 100. */
  readonly cpuCapacityPercent: BandLimits
  /** Peak resident set size of one process over the host's memory, 0 to 100. */
  readonly ramPeakPercent: BandLimits
  /** Peak GPU memory of one process over the device, 0 to 100. */
  readonly gpuMemPeakPercent: BandLimits
  /** Reserved / used memory. */
  readonly reservedOverhangRatio: BandLimits
  /** The overhang only matters from this share of the device on, 0 to 100. */
  readonly reservedOverhangMinReservedPercent: number
  /** (max − min) / max over ranks, 0 to 100, and how full the fullest device must be. */
  readonly imbalance: {
    readonly warnPercent: number
    readonly critPercent: number
    readonly warnPressurePercent: number
    readonly critPressurePercent: number
  }
  /**
   * What a rank's GPU memory is compared with: the largest device of the run, as in existing reports,
   * or the rank's own device.
   */
  readonly gpuCapacity: 'run' | 'rank'
}

/** The thresholds of existing reports; summaries agree with theirs. */
export const PROCESS_POLICY: ProcessPolicy = {
  name: 'summary',
  cpuCapacityPercent: { lowBelow: 30, highAt: 80 },
  ramPeakPercent: { lowBelow: 30, highAt: 80 },
  gpuMemPeakPercent: { lowBelow: 30, highAt: 80, veryHighAt: 90 },
  reservedOverhangRatio: { highAt: 2 },
  reservedOverhangMinReservedPercent: 30,
  imbalance: {
    warnPercent: 20,
    critPercent: 30,
    warnPressurePercent: 30,
    critPressurePercent: 50,
  },
  gpuCapacity: 'run',
}

/** The default: the same thresholds, and every rank's memory against its own device. */
export const ROBUST_PROCESS_POLICY: ProcessPolicy = { ...PROCESS_POLICY, gpuCapacity: 'rank' }
