import type { Evidence, Issue, Rule, Severity } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { StepMemoryPolicy } from '../policy.js'
import type { StepMemorySignals } from '../signals.js'
import type { StepMemoryText } from '../texts.js'

/** A rule of the step-memory domain; evaluated once a metric. */
export type StepMemoryRule = Rule<StepMemorySignals, StepMemoryPolicy>

/** Makes a finding of the step-memory domain: metric, phase, skew and rank come from the signals. */
export function stepMemoryIssue(
  signals: StepMemorySignals,
  init: {
    readonly kind: string
    readonly status: string
    readonly severity: Severity
    readonly score: number
    readonly evidence: Evidence
    readonly text: StepMemoryText
    /** Default: the rank with the worst peak. */
    readonly ranks?: readonly number[]
  },
): Issue {
  const { text, ...fields } = init
  return createIssue({
    ranks: signals.worstRank === null ? [] : [signals.worstRank],
    ...fields,
    ...text,
    metric: signals.metric,
    phase: 'memory',
    skew_pct: signals.skewRatio,
  })
}
