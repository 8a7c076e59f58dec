import type { BandLimits, UtilizationLimits } from '../shared/band.js'

/** Thresholds of the system domain. Every limit itself fires (`≥`), except where said. */
export interface SystemPolicy {
  readonly name: string
  /** Mean CPU of the whole host, 0 to 100. */
  readonly cpuAvgPercent: BandLimits
  /** Peak share of the host's memory, 0 to 100. */
  readonly ramPeakPercent: BandLimits
  /** Peak share of the memory of the fullest GPU, 0 to 100. */
  readonly gpuMemPeakPercent: BandLimits
  readonly gpuTempPeakCelsius: BandLimits
  /** Mean share of the power limit, 0 to 100. */
  readonly gpuPowerAvgLimitPercent: BandLimits
  /** Mean utilisation, 0 to 100. */
  readonly gpuUtilization: UtilizationLimits
}

/** The thresholds of existing reports; summaries agree with theirs. */
export const SYSTEM_POLICY: SystemPolicy = {
  name: 'summary',
  cpuAvgPercent: { lowBelow: 30, highAt: 80 },
  ramPeakPercent: { lowBelow: 30, highAt: 80 },
  gpuMemPeakPercent: { lowBelow: 30, highAt: 80, veryHighAt: 90 },
  gpuTempPeakCelsius: { highAt: 85 },
  gpuPowerAvgLimitPercent: { lowBelow: 30, highAt: 80 },
  gpuUtilization: { lowBelow: 30, moderateUpTo: 70 },
}
