import type { StepClock, TrainingStrategy } from '@traceml/contracts'
import type { StepMetricKey, StepTimeValues, StepValueKey } from './values.js'

/** Options of `analyzeStepTime`. */
export interface StepTimeAnalysisOptions {
  /** Steps of the window; values below 1 act as 1. Default 10,000. */
  readonly windowSize?: number
}

/** How much of what was asked for the window holds. */
export interface StepTimeCoverage {
  /** Steps asked for. */
  readonly expectedSteps: number
  /** Steps that every observed rank has and that are analysed. */
  readonly stepsUsed: number
  /** Ranks that the store knows. */
  readonly worldSize: number
  /** Ranks with at least one decoded step, in the window or not. */
  readonly ranksPresent: number
}

/** One rank inside the window. All values are milliseconds on the window's clock unless named. */
export interface RankStepFacts {
  readonly globalRank: number
  /** Decoded steps of this rank in the snapshot, inside the window or not. */
  readonly storedStepCount: number
  /** Arithmetic means over the window; null is "not measured in this window". */
  readonly average: StepTimeValues
  /**
   * One value per window step, oldest first, computed on first use; null when not measured. It may
   * share memory with the snapshot: do not write to it. Shape [window steps].
   */
  column(key: StepValueKey): Float64Array | null
  /** The values of the window's `index`-th step. */
  valuesAt(index: number): StepTimeValues
}

/** Milliseconds per window step over the ranks that measured the metric; shape [window steps]. */
export interface StepSeries {
  readonly median: Float64Array
  readonly worst: Float64Array
}

/** One metric over the ranks that measured it, from their window averages. */
export interface StepTimeMetric {
  readonly metric: StepMetricKey
  readonly medianMs: number
  /** The largest average; `worstRank` is the lowest rank that has it. */
  readonly worstMs: number
  readonly worstRank: number
  /** (worst − median) / median, a fraction; null when fewer than two ranks measured it. */
  readonly skewRatio: number | null
  /** The real rank nearest to the median; ties go to the lower value, then the lower rank. */
  readonly representativeRank: number
  readonly representativeMs: number
  /** Computed on first use; null for compute and the clock-qualified metrics. */
  readonly series: StepSeries | null
}

/** Every fact of one aligned window; diagnoses and displays read it and compute nothing again. */
export interface StepTimeWindow {
  /** The one clock of all phases, steps and ranks of this window. */
  readonly clock: StepClock
  readonly trainingStrategy: TrainingStrategy
  /** Step numbers common to all observed ranks, ascending; they may have gaps. */
  readonly steps: Float64Array
  /** Every rank that the store knows, ascending. */
  readonly expectedRanks: readonly number[]
  readonly coverage: StepTimeCoverage
  /** Per observed rank, ascending; empty when no step is common to all. */
  readonly rankFacts: readonly RankStepFacts[]
  /** In the fixed order; only metrics that some rank measured. */
  readonly metrics: readonly StepTimeMetric[]
  /** Ranks with a step time. */
  readonly stepRanks: readonly number[]
  /** Ranks with a step time, forward, backward and optimizer. */
  readonly computeRanks: readonly number[]
  /** Ranks whose visible waiting can be compared. */
  readonly stragglerRanks: readonly number[]
  /** The rank whose phases stand for all in a composition; null when none has all phases. */
  readonly compositionRepresentativeRank: number | null
  /** Median over ranks of phase / step time, a fraction; null when no rank has both. */
  readonly inputWaitShare: number | null
  readonly h2dShare: number | null
  readonly computeShare: number | null
  readonly residualShare: number | null
}

/** The metric of that key, or null when no rank measured it. */
export function findStepMetric(window: StepTimeWindow, key: StepMetricKey): StepTimeMetric | null {
  return window.metrics.find((metric) => metric.metric === key) ?? null
}
