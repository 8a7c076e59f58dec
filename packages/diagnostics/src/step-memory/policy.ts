import type { TrendConfig } from '@traceml/analysis'

/** Thresholds of the step-memory domain. Every limit itself fires (`≥`). */
export interface StepMemoryPolicy {
  readonly name: string
  /** Wording of findings: while the run goes on, or looking back on it. */
  readonly view: 'live' | 'summary'
  /** Aligned steps at most. */
  readonly windowSteps: number
  /** No verdict on fewer aligned steps. */
  readonly minSteps: number
  /** Shares of the device's capacity, fractions. */
  readonly pressureWarnRatio: number
  readonly pressureCritRatio: number
  /** (worst − median) / median of the ranks' peaks, and how full the fullest device must be. */
  readonly imbalanceWarnSkewRatio: number
  readonly imbalanceCritSkewRatio: number
  readonly imbalanceWarnPressureRatio: number
  readonly imbalanceCritPressureRatio: number
  /** A rise of this size counts 1 in the score that ranks metrics. */
  readonly creepScoreScaleBytes: number
  /** From this rise on creep is confirmed. */
  readonly creepConfirmedBytes: number
  /** The late part of both series must lie above the middle one. */
  readonly requireRecentAboveMid: boolean
  /** The middle part of both series must lie above the early one. */
  readonly requireMidAboveBaseline: boolean
  readonly trend: Partial<TrendConfig>
}

const MIB = 1024 * 1024

const COMPATIBLE_LIMITS = {
  minSteps: 50,
  pressureWarnRatio: 0.92,
  pressureCritRatio: 0.97,
  imbalanceWarnSkewRatio: 0.2,
  imbalanceCritSkewRatio: 0.3,
  imbalanceWarnPressureRatio: 0.3,
  imbalanceCritPressureRatio: 0.5,
  creepScoreScaleBytes: 100 * MIB,
  creepConfirmedBytes: 1024 * MIB,
  requireRecentAboveMid: true,
  requireMidAboveBaseline: true,
  trend: { minPoints: 50, warmupRatio: 0 },
} as const

/** For a view of a running training. */
export const LIVE_STEP_MEMORY_POLICY: StepMemoryPolicy = {
  ...COMPATIBLE_LIMITS,
  name: 'live',
  view: 'live',
  windowSteps: 400,
}

/** For the report of a run. The thresholds are those of existing reports. */
export const SUMMARY_STEP_MEMORY_POLICY: StepMemoryPolicy = {
  ...COMPATIBLE_LIMITS,
  name: 'summary',
  view: 'summary',
  windowSteps: 10_000,
}
