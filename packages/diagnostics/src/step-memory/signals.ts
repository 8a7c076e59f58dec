import type { RankIdentity } from '@traceml/contracts'

/** One rank within an aligned metric. */
export interface StepMemoryRank {
  readonly globalRank: number
  /** From the rank's row at the last aligned step. */
  readonly identity: RankIdentity
  readonly device: string | null
  /** Largest and mean value over the aligned steps, in bytes. */
  readonly peakBytes: number
  readonly meanBytes: number
  /** One value per aligned step; do not write to it. Shape [steps]. */
  readonly seriesBytes: Float64Array
}

/** One metric over the steps that all its ranks share. */
export interface StepMemoryMetric {
  /** `peak_allocated` or `peak_reserved`. */
  readonly metric: string
  /** Most frequent device label; informational. */
  readonly device: string | null
  /** Aligned steps, ascending; shape [steps]. */
  readonly steps: readonly number[]
  /** Median over ranks in bytes; shape [steps]. */
  readonly medianBytes: readonly number[]
  /** Maximum over ranks in bytes; shape [steps]. */
  readonly worstBytes: readonly number[]
  /** Ascending by global rank. */
  readonly ranks: readonly StepMemoryRank[]
  readonly windowSize: number
  readonly stepsUsed: number
  readonly medianPeakBytes: number
  readonly worstPeakBytes: number
  /** Lowest rank with the worst peak. */
  readonly worstRank: number
  /** worst / median of the ranks' peaks; 0 when the median is not positive. */
  readonly worstToMedianRatio: number
  /** (worst − median) / median, a fraction; 0 when the median is not positive. */
  readonly skewRatio: number
  readonly completedStep: number | null
  readonly ranksExpected: number
  readonly ranksPresent: number
  /** True when a known rank has no part in the metric. */
  readonly incomplete: boolean
}

/** Which ranks rise, when a robust policy judges each rank by itself. */
export interface RankCreep {
  /** The rank that rises most. */
  readonly rank: number
  /** All ranks that rise, the largest rise first. */
  readonly risingRanks: readonly number[]
  /** Part of the pairs of blocks in which the later one is higher, 0 to 1. */
  readonly confidence: number
  /** Steps until that rank's device is full at this speed; null without a capacity. */
  readonly stepsToCapacity: number | null
}

/** Whether and how a metric rises. Bytes and ratios are null when not eligible. */
export interface CreepEvidence {
  /** Enough steps to compare the early, middle and late part of the window. */
  readonly eligible: boolean
  /** Means of the worst series over the three parts. */
  readonly baselineAvgBytes: number | null
  readonly midAvgBytes: number | null
  readonly recentAvgBytes: number | null
  /** Recent − baseline of the worst series. */
  readonly overallAbsDeltaBytes: number | null
  /** The same over the baseline, a fraction. */
  readonly overallWorstGrowthRatio: number | null
  readonly overallMedianGrowthRatio: number | null
  readonly early: boolean
  readonly confirmed: boolean
  /** Only ranks metrics against each other. */
  readonly score: number
  /** Steps behind {@link avgGrowthBytesPerStep}. */
  readonly trendWindowSteps: number | null
  readonly avgGrowthBytesPerStep: number | null
  /** Null when the policy looks at the ranks together, and when none rises. */
  readonly byRank: RankCreep | null
}

/** What a step-memory rule sees: one metric. */
export interface StepMemorySignals {
  readonly metric: string
  readonly device: string | null
  readonly stepsUsed: number
  readonly windowSize: number
  readonly completedStep: number
  readonly ranksSeen: number
  readonly worstRank: number | null
  readonly worstPeakBytes: number
  readonly medianPeakBytes: number
  readonly worstToMedianRatio: number
  /** (worst − median) / median, a fraction. */
  readonly skewRatio: number
  /** Worst peak / capacity, a fraction; null when the capacity is unknown. */
  readonly pressureRatio: number | null
  /** The rank that `pressureRatio` is about. */
  readonly pressureRank: number | null
  readonly creep: CreepEvidence
}
