import type { Diagnosis, DiagnosisResult } from '@traceml/contracts'
import {
  bySeverity,
  normalizeIssues,
  type RuleFailure,
  runRules,
  sortIssues,
} from '@traceml/diagnostics'
import type { JavaScriptContext } from './context.js'
import { JAVASCRIPT_POLICY, type JavaScriptPolicy } from './policy.js'
import type { JavaScriptRule } from './rule.js'
import { defaultJavaScriptRules } from './rules/default-rules.js'
import { type CalmText, NO_DATA_TEXT, normalText, warmupText } from './texts.js'

/** The verdict on the JavaScript runtimes of a run, and the rules that failed. */
export interface JavaScriptDiagnosisResult extends DiagnosisResult {
  readonly ruleFailures: readonly RuleFailure[]
}

/**
 * Diagnoses the JavaScript runtimes of a run.
 *
 * @param context - From `createJavaScriptContext`.
 * @param policy - Thresholds; missing ones are those of {@link JAVASCRIPT_POLICY}.
 * @param rules - In the order of importance. Default `defaultJavaScriptRules`.
 */
export function diagnoseJavaScript(
  context: JavaScriptContext,
  policy: Partial<JavaScriptPolicy> = JAVASCRIPT_POLICY,
  rules: readonly JavaScriptRule[] = defaultJavaScriptRules,
): JavaScriptDiagnosisResult {
  const thresholds = { ...JAVASCRIPT_POLICY, ...policy }
  const { issues: found, failures } = runRules(rules, context, thresholds)
  const issues = sortIssues(found, bySeverity)
  const note = failures.length === 0 ? null : failures.map(({ message }) => message).join(' ')
  const lead = issues[0]
  const primary: Diagnosis =
    lead === undefined
      ? { ...calm(context, thresholds), note }
      : {
          kind: lead.kind,
          status: lead.status,
          severity: lead.severity,
          reason: lead.summary,
          action: lead.action,
          note,
          confidence: null,
        }
  return { primary, issues: normalizeIssues(primary, issues), ruleFailures: failures }
}

function calm(context: JavaScriptContext, { minSteps }: JavaScriptPolicy): Diagnosis {
  const steps = Math.max(0, ...context.ranks.map(({ row }) => row.steps.counted))
  const said = (kind: string, { summary, action }: CalmText): Diagnosis => ({
    kind,
    status: kind.replaceAll('_', ' '),
    severity: 'info',
    reason: summary,
    action,
    note: null,
    confidence: null,
  })
  if (context.ranks.length === 0) return said('NO_DATA', NO_DATA_TEXT)
  return steps < minSteps
    ? said('WARMUP', warmupText(steps, minSteps))
    : said('NORMAL', normalText(context))
}
