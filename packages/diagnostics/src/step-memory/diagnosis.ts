import type { Diagnosis, DiagnosisResult, Issue, Severity } from '@traceml/contracts'
import type { RuleFailure } from '../shared/run-rules.js'
import type { StepMemorySignals } from './signals.js'
import type { StepMemoryText } from './texts.js'

/** The verdict on the memory of the training steps. */
export interface StepMemoryDiagnosis extends Diagnosis {
  /** The metric that the verdict is about. */
  readonly metric: string
  readonly stepsUsed: number
  readonly worstRank: number | null
}

/** A verdict and the rules that failed. */
export interface StepMemoryVerdict extends DiagnosisResult<StepMemoryDiagnosis> {
  /** In the order of the metrics. */
  readonly signals: readonly StepMemorySignals[]
  readonly ruleFailures: readonly RuleFailure[]
}

/** The metric that a verdict without metrics names. */
export const DEFAULT_METRIC = 'peak_reserved'

const CONFIDENCE: Readonly<Record<string, Partial<Record<Severity, number>>>> = {
  HIGH_PRESSURE: { crit: 0.9, warn: 0.8 },
  IMBALANCE: { crit: 0.85, warn: 0.75 },
  CREEP_CONFIRMED: { warn: 0.88 },
  CREEP_EARLY: { info: 0.6 },
}

/** Returns the diagnosis that a leading finding stands for; confidence is null for unknown kinds. */
export function diagnosisOfIssue(
  issue: Issue,
  signals: readonly StepMemorySignals[],
): StepMemoryDiagnosis {
  const metric = issue.metric ?? DEFAULT_METRIC
  const { note, confidence } = issue.evidence
  const table = CONFIDENCE[issue.kind]?.[issue.severity]
  return {
    kind: issue.kind,
    status: issue.status,
    severity: issue.severity,
    reason: issue.summary,
    action: issue.action,
    note: typeof note === 'string' ? note : null,
    confidence: typeof confidence === 'number' ? confidence : (table ?? null),
    metric,
    stepsUsed: signals.find((entry) => entry.metric === metric)?.stepsUsed ?? 0,
    worstRank: issue.ranks[0] ?? null,
  }
}

/** Returns the diagnosis of a state without a finding. */
export function neutralDiagnosis(init: {
  readonly kind: 'NO_DATA' | 'NO_GPU' | 'BALANCED'
  readonly text: StepMemoryText
  readonly confidence: number
  /** Null: a state that has no metric. */
  readonly about: StepMemorySignals | null
}): StepMemoryDiagnosis {
  return {
    kind: init.kind,
    status: init.kind.replaceAll('_', ' '),
    severity: 'info',
    reason: init.text.summary,
    action: init.text.action,
    note: null,
    confidence: init.confidence,
    metric: init.about?.metric ?? DEFAULT_METRIC,
    stepsUsed: init.about?.stepsUsed ?? 0,
    worstRank: init.about?.worstRank ?? null,
  }
}
