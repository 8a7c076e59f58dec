import { errorMessage, type Issue, type Rule } from '@traceml/contracts'

/** A rule that threw or returned something that is no list of issues. */
export interface RuleFailure {
  readonly ruleId: string
  /** One sentence with the error. */
  readonly message: string
}

/** What a list of rules found. */
export interface RuleOutcome {
  /** In the order of the rules. */
  readonly issues: readonly Issue[]
  readonly failures: readonly RuleFailure[]
}

/** Runs every rule on the same context; a rule that fails is reported and costs no other rule. */
export function runRules<Context, Policy>(
  rules: readonly Rule<Context, Policy>[],
  context: Context,
  policy: Policy,
): RuleOutcome {
  const issues: Issue[] = []
  const failures: RuleFailure[] = []
  for (const rule of rules) {
    try {
      issues.push(...rule.evaluate(context, policy))
    } catch (error) {
      const message = `The rule "${rule.id}" failed and was skipped: ${errorMessage(error)}`
      failures.push({ ruleId: rule.id, message })
    }
  }
  return { issues, failures }
}
