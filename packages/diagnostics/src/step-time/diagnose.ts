import {
  findSteadySteps,
  restrictStepTimeWindow,
  type SteadySteps,
  type StepTimeWindow,
} from '@traceml/analysis'
import { InputError, type Issue, type Rule } from '@traceml/contracts'
import { byScore, bySeverity, type IssueOrder, sortIssues } from '../shared/order.js'
import { runRules } from '../shared/run-rules.js'
import { isStraggler, voteByBlocks } from './blocks.js'
import { createStepTimeContext, type StepTimeContext } from './context.js'
import { nothingFound, unjudgeable } from './neutral.js'
import {
  ROBUST_SUMMARY_STEP_TIME_POLICY,
  resolveStepTimePolicy,
  type StepTimePolicy,
} from './policy.js'
import type { StepTimeDiagnosis, StepTimeDiagnosisResult } from './result.js'
import { defaultStepTimeRules } from './rules/default-rules.js'
import { excludedSentence, RESIDUAL_DEFINITION } from './texts.js'
import { type StepTimeTrend, stepTimeTrend, trendSentence } from './trend.js'

/**
 * Judges one window: which bottleneck, on which rank, and what to try next.
 *
 * A pure function of its arguments. All rules see the same facts; the most severe finding with the
 * highest score leads. With a robust policy the averages are those of the steps that speak for the
 * run, and every verdict has a confidence.
 *
 * @param policy - Thresholds; missing ones are those of `ROBUST_SUMMARY_STEP_TIME_POLICY`.
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
  policy: Partial<StepTimePolicy> = ROBUST_SUMMARY_STEP_TIME_POLICY,
  rules: readonly Rule<StepTimeContext, StepTimePolicy>[] = defaultStepTimeRules,
): StepTimeDiagnosisResult {
  if (!Array.isArray(window?.metrics)) {
    throw new InputError(
      'TRACEML_INPUT_INVALID',
      'The Step Time window has no metrics; make one with analyzeStepTime.',
    )
  }
  const thresholds = resolveStepTimePolicy(policy)
  const steady = leftOut(window, thresholds)
  const context = createStepTimeContext(
    steady === null ? window : restrictStepTimeWindow(window, steady.kept),
    thresholds,
  )
  const early = unjudgeable(context, thresholds)
  if (early !== null) {
    return { primary: early.primary, issues: [early.issue], trend: null, ruleFailures: [] }
  }
  const { issues: found, failures } = runRules(rules, context, thresholds)
  const { issues, confidence } = weigh(found, context, thresholds, rules)
  const ranked = sortIssues(capSeverities(issues, window, thresholds), bySeverity, byScore, byScope)
  const [first] = ranked
  const quiet = first === undefined ? nothingFound(context) : null
  const judged = quiet?.primary ?? promote(first as Issue, context)
  const trend = trendOf(judged.kind, context, thresholds)
  const isIncomplete = judged.kind === 'INCOMPLETE_DATA'
  const published = quiet === null ? ranked : [quiet.issue]
  return {
    primary: {
      ...judged,
      note: noteOf(judged.kind, trend, steady && excludedSentence(steady, window.steps.length)),
      confidence: first === undefined ? (isIncomplete ? null : confidence) : confidenceOf(first),
    },
    issues: steady === null ? published : published.map((issue) => withExclusion(issue, steady)),
    trend,
    ruleFailures: failures,
  }
}

/** The steady steps of the window, or null when all steps count. */
function leftOut(window: StepTimeWindow, { robust }: StepTimePolicy): SteadySteps | null {
  if (robust === null) return null
  const steady = findSteadySteps(window, robust.steadySteps)
  return steady.kept.length < window.steps.length ? steady : null
}

/**
 * States the confidence in every finding and drops stragglers that change places; `confidence` is
 * that in finding nothing.
 */
function weigh(
  found: readonly Issue[],
  { window }: StepTimeContext,
  policy: StepTimePolicy,
  rules: readonly Rule<StepTimeContext, StepTimePolicy>[],
): { readonly issues: readonly Issue[]; readonly confidence: number | null } {
  const { robust } = policy
  if (robust === null) return { issues: found, confidence: null }
  const votes = voteByBlocks(
    window,
    robust,
    (block) => runRules(rules, createStepTimeContext(block, policy), policy).issues,
  )
  const issues = found.flatMap((issue) => {
    const confidence = votes.confidenceIn(issue)
    if (isStraggler(issue) && confidence < robust.stragglerMinConfidence) return []
    return [{ ...issue, evidence: { ...issue.evidence, confidence } }]
  })
  return { issues, confidence: votes.confidenceIn(null) }
}

function confidenceOf({ evidence }: Issue): number | null {
  const { confidence } = evidence
  return typeof confidence === 'number' ? confidence : null
}

function withExclusion(issue: Issue, steady: SteadySteps): Issue {
  const excluded = {
    warmup_steps: steady.warmupCount,
    outlier_steps: steady.outlierCount,
    time_share: steady.excludedTimeRatio,
  }
  return { ...issue, evidence: { ...issue.evidence, excluded_steps: excluded } }
}

/** A straggler before a typical finding, when all else is equal. */
const byScope: IssueOrder = (a, b) => Number(isStraggler(b)) - Number(isStraggler(a))

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

function noteOf(kind: string, trend: StepTimeTrend | null, excluded: string | null): string | null {
  const sentences = [
    ...(kind === 'RESIDUAL_HEAVY' ? [RESIDUAL_DEFINITION] : []),
    ...(trend === null ? [] : [trendSentence(trend)]),
    ...(excluded === null ? [] : [excluded]),
  ]
  return sentences.length === 0 ? null : sentences.join(' ')
}
