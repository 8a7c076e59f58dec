import type { CompareUnit, StepClock } from '@traceml/contracts'
import type { VerdictStatus } from '../model.js'

/** What became of one metric from A to B. */
export type MetricOutcome = 'worse' | 'better' | 'unchanged' | 'undecided'

/** One judged metric. */
export interface JudgedMetric {
  readonly section: string
  /** Id of the metric, or `diagnosis`. */
  readonly metric: string
  readonly label: string
  readonly unit: CompareUnit
  /** The values that were judged, in `unit`: of step histories, the mean of the steps that count. */
  readonly lhs: number | null
  readonly rhs: number | null
  readonly outcome: MetricOutcome
  /**
   * B − A in `change_unit`, what is judged: of step histories the change of the typical piece of the
   * run, which a few slow pieces do not move. Null when it cannot be stated.
   */
  readonly change: number | null
  /** From `lhs` to `rhs`, in `change_unit`; null when it cannot be stated. */
  readonly mean_change: number | null
  readonly change_unit: 'percent' | 'percentage_point'
  /** Where the change lies, with the confidence of the policy; null without step histories. */
  readonly interval: { readonly low: number; readonly high: number } | null
  /** Of no difference, two-sided; null without step histories. */
  readonly p_value: number | null
  /** Smallest change that counts, in `change_unit`; null for a diagnosis. */
  readonly threshold: number | null
  /** `steps`: by the spread of the steps. `averages`: one number a run, noise unknown. */
  readonly method: 'steps' | 'averages'
  /** Steps behind each side, where known. */
  readonly steps: { readonly lhs: number | null; readonly rhs: number | null }
  /** One sentence with the numbers. */
  readonly why: string
  /** What to do when it could not be decided; null otherwise. */
  readonly action: string | null
}

/** Ours: what the comparison concludes. */
export interface CompareJudgement {
  /** Id of the policy, or `compatible` when the published verdict was asked for. */
  readonly policy: string
  /** Coverage of the intervals; null without them. */
  readonly confidence: number | null
  readonly status: VerdictStatus
  /** Whether any judged metric got worse: what a gate on regressions looks at. */
  readonly has_regression: boolean
  /** Faster or slower, and by how much: one sentence. */
  readonly sentence: string
  readonly why: string
  readonly action: string
  /** Clock of the step time, null when the runs share none. */
  readonly clock: StepClock | null
  /** Every metric that at least one run measured. */
  readonly metrics: readonly JudgedMetric[]
  /** What the reader must know besides. */
  readonly notes: readonly string[]
}
