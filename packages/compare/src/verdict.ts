import type { CompareFinding, CompareVerdict, VerdictStatus } from './model.js'
import type { VerdictContext, VerdictRule } from './rules/context.js'

const OUTCOMES: Readonly<Record<VerdictStatus, CompareVerdict['outcome']>> = {
  REGRESSION: 'regression',
  IMPROVEMENT: 'improvement',
  EQUIVALENT: 'equivalent',
  MIXED: 'mixed',
  INCONCLUSIVE: 'unclear',
}

/** Priorities of the findings that say "only partially comparable". */
const PARTIAL_PRIORITIES: readonly number[] = [2, 3]

const NOTHING_FIRED: CompareFinding = {
  status: 'INCONCLUSIVE',
  priority: 99,
  domain: 'compare',
  metric: null,
  severity: 'info',
  why: 'No rule could judge these runs.',
}

function summaryOf(finding: CompareFinding): string {
  if (PARTIAL_PRIORITIES.includes(finding.priority)) return 'Partially comparable'
  const lower = finding.status.toLowerCase()
  return lower.charAt(0).toUpperCase() + lower.slice(1)
}

function actionOf(finding: CompareFinding): string {
  if (finding.status === 'REGRESSION' || finding.status === 'MIXED') {
    const where = finding.domain === 'compare' ? 'step time and step memory' : finding.domain
    return `Look at ${where.replace('_', ' ')} in both reports and at what changed between the runs.`
  }
  if (finding.status === 'INCONCLUSIVE') {
    return 'Run both again with the same device, tracing and number of steps, then compare again.'
  }
  return 'Nothing to do.'
}

function topChanges(findings: readonly CompareFinding[]): CompareVerdict['top_changes'] {
  return findings
    .filter((finding, index) => index === 0 || finding.status !== 'EQUIVALENT')
    .slice(0, 3)
    .map((finding) => ({
      domain: finding.domain,
      metric: finding.metric,
      summary: finding.why,
      significance:
        finding.status === 'REGRESSION' || finding.status === 'IMPROVEMENT'
          ? 'material'
          : 'context',
    }))
}

function comparability(context: VerdictContext, why: string): CompareVerdict['comparability'] {
  const weakened =
    context.stepTimeDiagnosis.changed &&
    context.residualState !== 'comparable' &&
    context.stepTimeState === 'comparable'
  const overall = weakened ? 'partial' : context.availability
  return {
    overall: { state: overall, reason: overall === 'comparable' ? null : why },
    step_time: { state: weakened ? 'partial' : context.stepTimeState },
    step_memory: { state: context.memoryState },
  }
}

/**
 * Evaluates every rule and concludes from the finding with the lowest priority; equal priorities
 * keep the order of the rules.
 */
export function concludeVerdict(
  context: VerdictContext,
  rules: readonly VerdictRule[],
): CompareVerdict {
  const fired = rules
    .map((rule) => rule.evaluate(context))
    .filter((finding) => finding !== null)
    .toSorted((a, b) => a.priority - b.priority)
  const findings = fired.length === 0 ? [NOTHING_FIRED] : fired
  const primary = findings[0] ?? NOTHING_FIRED
  return {
    status: primary.status,
    outcome: OUTCOMES[primary.status],
    severity: primary.severity,
    summary: summaryOf(primary),
    why: primary.why,
    action: actionOf(primary),
    primary_domain: primary.domain,
    primary_metric: primary.metric,
    findings,
    comparability: comparability(context, primary.why),
    top_changes: topChanges(findings),
    largest_shift: primary.why,
  }
}
