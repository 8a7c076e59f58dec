import type { RobustTrendConfig, TrendConfig } from '@traceml/analysis'

/** What the robust judgement of memory adds to the thresholds. */
export interface RobustStepMemoryPolicy {
  /** How a rank's series is cut for the test of its trend. */
  readonly blocks: RobustTrendConfig
  /** Standard deviations from a series without a trend; more with many ranks. */
  readonly creepMinScore: number
  /** Smallest rise over the early level, a fraction. */
  readonly creepMinRiseRatio: number
  /** Part of the rise that each half of the window must have. */
  readonly creepMinHalfRatio: number
  /** Pressure is judged from this many aligned steps on. */
  readonly pressureMinSteps: number
}

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
  /**
   * Null: the ranks together, any rise counts, and one capacity for all, as in existing reports.
   * Otherwise every rank by itself, against its own capacity.
   */
  readonly robust: RobustStepMemoryPolicy | null
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
  robust: null,
} as const

/** For existing views of a running training. */
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

/**
 * The default of reports: the limits of {@link SUMMARY_STEP_MEMORY_POLICY}, for every rank by itself.
 *
 * Where the numbers come from: `creepMinScore` 3.09 is one false alarm in 1,000 series without a
 * trend; `creepMinRiseRatio` 0.02 is the dead band of the trend engine; `creepMinHalfRatio` 0.15
 * lets a straight line (0.5) bend but not stop; 20 blocks detect that score with half of their pairs
 * out of order, and 5 steps a block make 10 blocks of the 50 steps that a verdict needs;
 * `pressureMinSteps` 1, because a run that is about to go out of memory does so early.
 * docs/robust-policies.md shows what they do on simulated runs.
 */
export const ROBUST_STEP_MEMORY_POLICY: StepMemoryPolicy = {
  ...SUMMARY_STEP_MEMORY_POLICY,
  robust: {
    blocks: { maxBlocks: 20, minBlockSize: 5 },
    creepMinScore: 3.09,
    creepMinRiseRatio: 0.02,
    creepMinHalfRatio: 0.15,
    pressureMinSteps: 1,
  },
}

/** The default of live views. */
export const ROBUST_LIVE_STEP_MEMORY_POLICY: StepMemoryPolicy = {
  ...LIVE_STEP_MEMORY_POLICY,
  robust: ROBUST_STEP_MEMORY_POLICY.robust,
}
