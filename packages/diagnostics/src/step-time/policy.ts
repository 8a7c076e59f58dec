import { STEADY_STEP_LIMITS, type SteadyStepLimits } from '@traceml/analysis'
import type { StepTimeRequest } from '@traceml/contracts'
import { resolvePolicy } from '../shared/policy.js'

/** When a trend note is added to a verdict. */
export interface StepTimeTrendPolicy {
  /** Fewer steps in the window never get a note. */
  readonly minSteps: number
  /** Only for the arrow of the label. */
  readonly deadbandRatio: number
  /** Change against the early part of the window, a fraction, from which time is worsening. */
  readonly worseningRatio: number
  /** The same for improving; negative. */
  readonly improvingRatio: number
  /** A balanced run is near a warning from this fraction of `overheadShareWarn`. */
  readonly nearWarningFraction: number
}

/** What the robust judgement adds to the thresholds. */
export interface RobustStepTimePolicy {
  /** Which steps count; plain averages are taken over those. */
  readonly steadySteps: SteadyStepLimits
  /** Milliseconds a step; a share or a wait that costs less is no finding. */
  readonly minCostMs: number
  /** Fewest ranks, as a fraction of all, that can show that the others are late. */
  readonly fastMinorityMinRatio: number
  /**
   * A waiting rank whose whole step is longer than the late rank's by this part of the wait does not
   * leave the step together with it: then either may be the slow one.
   */
  readonly ambiguousGapRatio: number
  /** Parts of the window that vote on a finding, at most, and steps of each, at least. */
  readonly maxBlocks: number
  readonly minBlockSteps: number
  /** A straggler with less confidence is none: its ranks change places. */
  readonly stragglerMinConfidence: number
}

/** Thresholds of the Step Time diagnosis; all are fractions and inclusive unless named. */
export interface StepTimePolicy {
  /** Cost to the waiting rank as a fraction of its step time. */
  readonly stragglerScoreWarn: number
  readonly stragglerScoreCrit: number
  /** Part of the visible wait that a component must explain to be named as its cause. */
  readonly stragglerCauseCoverageMin: number
  /** Share of input wait, H2D or residual in step time. */
  readonly overheadShareWarn: number
  readonly overheadShareCrit: number
  readonly computeBoundShareWarn: number
  /** Steps; fewer give WARMUP. */
  readonly minStepsForWarningDiag: number
  /** Steps; fewer never give crit. */
  readonly minStepsForConfidentDiag: number
  readonly trend: StepTimeTrendPolicy
  /** Null: all steps count alike and no confidence is stated, as in existing reports. */
  readonly robust: RobustStepTimePolicy | null
}

/** Thresholds of existing final summaries. */
export const SUMMARY_STEP_TIME_POLICY: StepTimePolicy = {
  stragglerScoreWarn: 0.1,
  stragglerScoreCrit: 0.2,
  stragglerCauseCoverageMin: 0.8,
  overheadShareWarn: 0.1,
  overheadShareCrit: 0.2,
  computeBoundShareWarn: 0.9,
  minStepsForWarningDiag: 2,
  minStepsForConfidentDiag: 20,
  trend: {
    minSteps: 100,
    deadbandRatio: 0.03,
    worseningRatio: 0.08,
    improvingRatio: -0.08,
    nearWarningFraction: 0.9,
  },
  robust: null,
}

/** Thresholds of existing live views: those of summaries; only the window differs. */
export const LIVE_STEP_TIME_POLICY: StepTimePolicy = SUMMARY_STEP_TIME_POLICY

/**
 * The default: the thresholds of {@link SUMMARY_STEP_TIME_POLICY} on the steps that speak for the
 * run, with a confidence.
 *
 * Where the numbers come from: those of the steady steps stand at {@link STEADY_STEP_LIMITS};
 * `minCostMs` 0.2 is 20 times what tracing itself costs a phase; `fastMinorityMinRatio` 0.2: one rank
 * of five, below which a fast rank is the exception; `stragglerMinConfidence` 0.4: fewer than about
 * half of the blocks agree. docs/robust-policies.md shows what they do on simulated runs.
 */
export const ROBUST_SUMMARY_STEP_TIME_POLICY: StepTimePolicy = {
  ...SUMMARY_STEP_TIME_POLICY,
  robust: {
    steadySteps: STEADY_STEP_LIMITS,
    minCostMs: 0.2,
    fastMinorityMinRatio: 0.2,
    ambiguousGapRatio: 0.5,
    maxBlocks: 10,
    minBlockSteps: 2,
    stragglerMinConfidence: 0.4,
  },
}

/** The default of live views. */
export const ROBUST_LIVE_STEP_TIME_POLICY: StepTimePolicy = ROBUST_SUMMARY_STEP_TIME_POLICY

/** What live views read. */
export const LIVE_STEP_TIME_REQUEST: Required<Omit<StepTimeRequest, 'rankFilter'>> = {
  windowSize: 100,
  lookbackFactor: 4,
}

/** What final summaries read. */
export const SUMMARY_STEP_TIME_REQUEST: Required<Omit<StepTimeRequest, 'rankFilter'>> = {
  windowSize: 10_000,
  lookbackFactor: 1,
}

/**
 * Completes a policy from `ROBUST_SUMMARY_STEP_TIME_POLICY`.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` naming a threshold that is not a finite number.
 */
export function resolveStepTimePolicy(policy: Partial<StepTimePolicy>): StepTimePolicy {
  return resolvePolicy(ROBUST_SUMMARY_STEP_TIME_POLICY, policy)
}
