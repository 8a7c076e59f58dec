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
  /** From when on resident memory that rises is told; null: never, as in existing reports. */
  readonly memoryRise: {
    /** Standard deviations from a level series. */
    readonly minScore: number
    /** Part of the pairs of blocks of which the later is higher, 0 to 1. */
    readonly minRisingPairRatio: number
    readonly minGrowthBytes: number
    /** Growth over the memory after the start-up, a fraction. */
    readonly minGrowthRatio: number
  } | null
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
  memoryRise: null,
  gpuCapacity: 'run',
}

/**
 * The default: the same thresholds, every rank's memory against its own device, and memory that
 * rises through the whole run. Its limits: eight blocks that all rise have a score of 3.3; a tenth
 * and 64 MiB are more than allocators and lazily read files take after the start-up of a run.
 */
export const ROBUST_PROCESS_POLICY: ProcessPolicy = {
  ...PROCESS_POLICY,
  memoryRise: {
    minScore: 2.5,
    minRisingPairRatio: 0.9,
    minGrowthBytes: 64 * 1024 ** 2,
    minGrowthRatio: 0.1,
  },
  gpuCapacity: 'rank',
}
