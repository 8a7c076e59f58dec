import { STEADY_STEP_LIMITS, type SteadyStepLimits } from '@traceml/analysis'

/** Thresholds and choices of a judgement. */
export interface ComparePolicy {
  /** Name that the document carries. */
  readonly id: string
  /**
   * Smallest change that counts, by metric id: percent of A, or percentage points for metrics whose
   * delta is in them. Inclusive. The metrics named here are the ones that are judged.
   */
  readonly thresholds: Readonly<Record<string, number>>
  /** Coverage of the interval of a change, above 0 and below 1. */
  readonly confidence: number
  /** Blocks that the shorter step history is cut into, and fewest that are compared. */
  readonly blocks: number
  readonly minBlocks: number
  /** Steps of a block, at least. */
  readonly minBlockSteps: number
  /** Averages over fewer steps are not judged. */
  readonly minSteps: number
  /** Steps that say nothing about the others. */
  readonly steadySteps: SteadyStepLimits
  /**
   * Part of a change of step time that its fastest steps (5th percentile) must show; otherwise other
   * load on the machine explains it as well.
   */
  readonly fastStepsMinRatio: number
  /** Sections whose diagnosis, when it gets worse, is a regression by itself. */
  readonly countedDiagnoses: readonly string[]
}

/**
 * The default: every metric is judged on what both runs measured, and step time by the spread of its
 * steps where both histories are at hand.
 *
 * Where the numbers come from: 3 % and 10 % are the published thresholds. They also cover what no
 * history shows, the difference between two starts of the same program. 20 blocks of at least 2
 * steps keep the false alarms of dependent steps at the nominal rate; 10 blocks are the fewest for
 * which the normal approximation holds. `fastStepsMinRatio` 0.4 is the smallest at which recorded runs
 * of the same program on a crowded machine raise no more false alarms than quiet ones. A memory diagnosis that gets worse (creep, pressure) is a
 * regression even at equal memory, because a leak shows later; a step-time diagnosis is not, because
 * the step time itself was judged. docs/compare-policies.md shows what they do on real and
 * simulated runs.
 */
export const ROBUST_COMPARE_POLICY: ComparePolicy = {
  id: 'robust',
  thresholds: { step_time_ms: 3, peak_reserved_bytes: 10 },
  confidence: 0.95,
  blocks: 20,
  minBlocks: 10,
  minBlockSteps: 2,
  minSteps: 20,
  steadySteps: STEADY_STEP_LIMITS,
  fastStepsMinRatio: 0.4,
  countedDiagnoses: ['step_memory'],
}

/** The judgement is the published verdict of compare schema 2, with its fixed thresholds. */
export const COMPATIBLE_COMPARE_POLICY = 'compatible'
