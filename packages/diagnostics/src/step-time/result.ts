import type { Diagnosis, DiagnosisResult } from '@traceml/contracts'
import type { RuleFailure } from '../shared/run-rules.js'
import type { StepTimeTrend } from './trend.js'

/** The Step Time verdict. */
export interface StepTimeDiagnosis extends Diagnosis {
  /** Aligned steps behind the verdict. */
  readonly stepsUsed: number
  /** The rank to look at first; null when none stands out, for example with a single rank. */
  readonly worstRank: number | null
}

/** What diagnosing Step Time returns. */
export interface StepTimeDiagnosisResult extends DiagnosisResult<StepTimeDiagnosis> {
  /** The trend that the primary's note names, or null. */
  readonly trend: StepTimeTrend | null
  /** Rules that failed and took no part. */
  readonly ruleFailures: readonly RuleFailure[]
}
