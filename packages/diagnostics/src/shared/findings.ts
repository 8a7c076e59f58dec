import type { Issue, Rule } from '@traceml/contracts'
import { type RuleFailure, runRules } from './run-rules.js'

/** An issue and the position of its rule in the list of rules: 0 is the most important. */
export interface Finding {
  readonly issue: Issue
  readonly position: number
}

/** What a list of rules found in one context. */
export interface Findings {
  readonly findings: readonly Finding[]
  readonly failures: readonly RuleFailure[]
}

/**
 * Runs every rule and remembers which one an issue came from.
 *
 * The order of the list is the order of importance, so that a new rule needs no second table. A
 * rule that throws, or returns what is no issue, is reported and costs no other rule.
 */
export function collectFindings<Context, Policy>(
  rules: readonly Rule<Context, Policy>[],
  context: Context,
  policy: Policy,
): Findings {
  const findings: Finding[] = []
  const failures: RuleFailure[] = []
  for (const [position, rule] of rules.entries()) {
    const outcome = runRules([rule], context, policy)
    failures.push(...outcome.failures)
    for (const issue of outcome.issues) {
      if (isIssue(issue)) findings.push({ issue, position })
      else failures.push({ ruleId: rule.id, message: notAnIssue(rule.id, issue) })
    }
  }
  return { findings, failures }
}

/** One sentence that names the rules which failed, or null when none did. */
export function failureNote(failures: readonly RuleFailure[]): string | null {
  const sentences = [...new Set(failures.map((failure) => failure.message))]
  return sentences.length === 0 ? null : sentences.join(' ')
}

function isIssue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { kind, summary, ranks, evidence } = value as Partial<Issue>
  return (
    typeof kind === 'string' &&
    typeof summary === 'string' &&
    Array.isArray(ranks) &&
    typeof evidence === 'object' &&
    evidence !== null
  )
}

function notAnIssue(ruleId: string, value: unknown): string {
  return `The rule "${ruleId}" failed and was skipped: it returned ${describe(value)}, which is no issue.`
}

function describe(value: unknown): string {
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? 'an object without the fields of an issue'
      : typeof value
}
