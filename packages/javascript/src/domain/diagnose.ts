import type { Diagnosis } from '@traceml/contracts'
import { diagnoseByRules, type RuleDiagnosisResult } from '@traceml/diagnostics'
import type { JavaScriptContext } from './context.js'
import { JAVASCRIPT_POLICY, type JavaScriptPolicy } from './policy.js'
import type { JavaScriptRule } from './rule.js'
import { defaultJavaScriptRules } from './rules/default-rules.js'
import { type CalmText, NO_DATA_TEXT, normalText, warmupText } from './texts.js'

/**
 * Diagnoses the JavaScript runtimes of a run.
 *
 * @param context - From `createJavaScriptContext`.
 * @param policy - Thresholds; missing ones are those of {@link JAVASCRIPT_POLICY}.
 * @param rules - In the order of importance. Default `defaultJavaScriptRules`.
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a threshold that is no finite number.
 */
export function diagnoseJavaScript(
  context: JavaScriptContext,
  policy: Partial<JavaScriptPolicy> = JAVASCRIPT_POLICY,
  rules: readonly JavaScriptRule[] = defaultJavaScriptRules,
): RuleDiagnosisResult {
  return diagnoseByRules({ rules, context, defaults: JAVASCRIPT_POLICY, policy, calm })
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
