import type { Diagnosis, DiagnosisResult, Rule } from '@traceml/contracts'
import { collectFindings, failureNote } from './findings.js'
import { normalizeIssues } from './issues.js'
import { bySeverity, sortIssues } from './order.js'
import { resolvePolicy } from './policy.js'
import type { RuleFailure } from './run-rules.js'

/** The verdict of a domain, and the rules that failed. */
export interface RuleDiagnosisResult extends DiagnosisResult {
  readonly ruleFailures: readonly RuleFailure[]
}

/** A domain whose rules all look at one context. */
export interface RuleDomain<Context, Policy extends object> {
  /** In the order of importance. */
  readonly rules: readonly Rule<Context, Policy>[]
  readonly context: Context
  /** All thresholds of the domain. */
  readonly defaults: Policy
  /** Those that are replaced. */
  readonly policy: Partial<Policy>
  /** What is said when no rule has found anything; its note is replaced by the rules that failed. */
  calm(context: Context, policy: Policy): Diagnosis
}

/**
 * Diagnoses one context of a domain, which may be your own: runs its rules, leads with the most
 * severe finding, among equal ones with that of the more important rule. A rule that throws, or
 * returns what is no issue, is named in the note and costs no other.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseByRules<Context, Policy extends object>(
  domain: RuleDomain<Context, Policy>,
): RuleDiagnosisResult {
  const { rules, context } = domain
  const policy = resolvePolicy(domain.defaults, domain.policy)
  const { findings, failures } = collectFindings(rules, context, policy)
  // Findings come in the order of their rules, and the sort is stable.
  const issues = sortIssues(
    findings.map(({ issue }) => issue),
    bySeverity,
  )
  const note = failureNote(failures)
  const [lead] = issues
  const primary: Diagnosis =
    lead === undefined
      ? { ...domain.calm(context, policy), note }
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
