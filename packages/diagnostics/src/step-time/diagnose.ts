import type { StepTimeWindow } from '@traceml/analysis'
import { InputError, type Issue, type Rule } from '@traceml/contracts'
import { byScore, bySeverity, type IssueOrder, sortIssues } from '../shared/order.js'
import { runRules } from '../shared/run-rules.js'
import { createStepTimeContext, type StepTimeContext } from './context.js'
import { nothingFound, unjudgeable } from './neutral.js'
import { resolveStepTimePolicy, type StepTimePolicy, SUMMARY_STEP_TIME_POLICY } from './policy.js'
import type { StepTimeDiagnosis, StepTimeDiagnosisResult } from './result.js'
import { defaultStepTimeRules } from './rules/default-rules.js'
import { RESIDUAL_DEFINITION } from './texts.js'
import { type StepTimeTrend, stepTimeTrend, trendSentence } from './trend.js'

/**
 * Judges one window: which bottleneck, on which rank, and what to try next.
 *
 * A pure function of its arguments. All rules see the same facts; the most severe finding with the
 * highest score leads.
 *
 * @param policy - Thresholds; missing ones are those of `SUMMARY_STEP_TIME_POLICY`.
 * @param rules - Replace or extend `defaultStepTimeRules`. A rule that throws is named in
 * `ruleFailures`, and the others still run.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is not a finite number and for
 * something that is no window.
 * @example
 * ```ts
 * const { primary, issues } = diagnoseStepTime(analyzeStepTime(snapshot, { windowSize: 100 }))
 * ```
 */
export function diagnoseStepTime(
  window: StepTimeWindow,
  policy: Partial<StepTimePolicy> = SUMMARY_STEP_TIME_POLICY,
  rules: readonly Rule<StepTimeContext, StepTimePolicy>[] = defaultStepTimeRules,
): StepTimeDiagnosisResult {
  if (!Array.isArray(window?.metrics)) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      'The Step Time window has no metrics; make one with analyzeStepTime.',
    )
  }
  const thresholds = resolveStepTimePolicy(policy)
  const context = createStepTimeContext(window)
  const early = unjudgeable(context, thresholds)
  if (early !== null) {
    return { primary: early.primary, issues: [early.issue], trend: null, ruleFailures: [] }
  }
  const { issues: found, failures } = runRules(rules, context, thresholds)
  const ranked = sortIssues(capSeverities(found, window, thresholds), bySeverity, byScore, byScope)
  const [first] = ranked
  const quiet = first === undefined ? nothingFound(context) : null
  const judged = quiet?.primary ?? promote(first as Issue, context)
  const trend = trendOf(judged.kind, context, thresholds)
  return {
    primary: { ...judged, note: noteOf(judged.kind, trend) },
    issues: quiet === null ? ranked : [quiet.issue],
    trend,
    ruleFailures: failures,
  }
}

/** A straggler before a typical finding, when all else is equal. */
const byScope: IssueOrder = (a, b) => Number(isStraggler(b)) - Number(isStraggler(a))

const isStraggler = ({ kind }: Issue): boolean => kind.endsWith('STRAGGLER')

/** Few steps, and FSDP whose phases hide communication, never justify crit. */
function capSeverities(
  issues: readonly Issue[],
  { coverage, trainingStrategy }: StepTimeWindow,
  policy: StepTimePolicy,
): readonly Issue[] {
  const isConfident =
    trainingStrategy !== 'fsdp' && coverage.stepsUsed >= policy.minStepsForConfidentDiag
  if (isConfident) return issues
  return issues.map((issue) => (issue.severity === 'crit' ? { ...issue, severity: 'warn' } : issue))
}

/** Verdicts that name no rank when there is only one. */
const TYPICAL_KINDS = new Set(['INPUT_BOUND', 'RESIDUAL_HEAVY', 'COMPUTE_BOUND'])

function promote(issue: Issue, { window, isSingleRank }: StepTimeContext): StepTimeDiagnosis {
  const { kind, status, severity, summary, action, ranks } = issue
  return {
    kind,
    status,
    severity,
    reason: summary,
    action,
    note: null,
    confidence: null,
    stepsUsed: window.coverage.stepsUsed,
    worstRank: isSingleRank && TYPICAL_KINDS.has(kind) ? null : (ranks[0] ?? null),
  }
}

/** A trend is an extra: whatever goes wrong with it costs no verdict. */
function trendOf(
  kind: string,
  context: StepTimeContext,
  policy: StepTimePolicy,
): StepTimeTrend | null {
  try {
    return stepTimeTrend(kind, context, policy)
  } catch {
    return null
  }
}

function noteOf(kind: string, trend: StepTimeTrend | null): string | null {
  const sentences = [
    ...(kind === 'RESIDUAL_HEAVY' ? [RESIDUAL_DEFINITION] : []),
    ...(trend === null ? [] : [trendSentence(trend)]),
  ]
  return sentences.length === 0 ? null : sentences.join(' ')
}
