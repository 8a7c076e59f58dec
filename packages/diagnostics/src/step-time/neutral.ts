import type { Issue } from '@traceml/contracts'
import { createIssue, issueFromDiagnosis } from '../shared/issues.js'
import type { StepTimeContext } from './context.js'
import type { StepTimePolicy } from './policy.js'
import type { StepTimeDiagnosis } from './result.js'
import {
  balancedTexts,
  type FindingTexts,
  incompleteTexts,
  type NoDataCase,
  noDataTexts,
  warmupTexts,
} from './texts.js'

/** A state in which nothing was found, as a verdict and as the only issue. */
export interface NeutralState {
  readonly primary: StepTimeDiagnosis
  readonly issue: Issue
}

function neutral(
  kind: string,
  { summary, action }: FindingTexts,
  stepsUsed: number,
  worstRank: number | null,
): StepTimeDiagnosis {
  const status = kind.replace('_', ' ')
  const fixed = { severity: 'info', note: null, confidence: null } as const
  return { kind, status, reason: summary, action, stepsUsed, worstRank, ...fixed }
}

function withOwnEvidence(primary: StepTimeDiagnosis, evidence: Issue['evidence']): NeutralState {
  const { kind, status, severity, reason, action, worstRank } = primary
  const ranks = worstRank === null ? [] : [worstRank]
  const issue = createIssue({ kind, status, severity, summary: reason, action, ranks, evidence })
  return { primary, issue }
}

const noData = (reason: NoDataCase, stepsUsed: number, worstRank: number | null): NeutralState => {
  const primary = neutral('NO_DATA', noDataTexts(reason), stepsUsed, worstRank)
  return { primary, issue: issueFromDiagnosis(primary) }
}

function incomplete(context: StepTimeContext, worstRank: number | null): NeutralState {
  const { missingSignals, window } = context
  const primary = neutral(
    'INCOMPLETE_DATA',
    incompleteTexts(context),
    window.coverage.stepsUsed,
    worstRank,
  )
  return withOwnEvidence(primary, {
    missing_signals: missingSignals.map(({ signal }) => signal),
    signal_coverage: Object.fromEntries(
      missingSignals.map(({ signal, measuredRankCount, expectedRankCount }) => [
        signal,
        `${String(measuredRankCount)}/${String(expectedRankCount)}`,
      ]),
    ),
  })
}

/** The state that keeps the rules from judging at all, or null when they can. */
export function unjudgeable(context: StepTimeContext, policy: StepTimePolicy): NeutralState | null {
  const { window, worstStepRank } = context
  const { stepsUsed } = window.coverage
  const keys = new Set(window.metrics.map(({ metric }) => metric))
  if (keys.size < window.metrics.length) return noData('duplicate_metric', 0, null)
  const stepTime = context.metric('step_time')
  if (stepTime === null) {
    return context.missingSignals.length > 0
      ? incomplete(context, null)
      : noData('no_metric', 0, null)
  }
  if (!((context.typicalStepMs ?? 0) > 0)) return noData('no_total', stepsUsed, worstStepRank)
  const required = policy.minStepsForWarningDiag
  if (stepsUsed >= required) return null
  const primary = neutral('WARMUP', warmupTexts(context, required), stepsUsed, worstStepRank)
  return { primary, issue: issueFromDiagnosis(primary) }
}

/** The state when every rule ran and none found anything. */
export function nothingFound(context: StepTimeContext): NeutralState {
  const worstRank = context.isSingleRank ? null : context.worstStepRank
  if (context.missingSignals.length > 0) return incomplete(context, worstRank)
  const { stepsUsed } = context.window.coverage
  return withOwnEvidence(neutral('BALANCED', balancedTexts(), stepsUsed, worstRank), {})
}
