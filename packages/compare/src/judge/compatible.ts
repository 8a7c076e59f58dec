import type { ComparedSection, CompareVerdict } from '../model.js'
import { STEP_TIME_PERCENT } from '../rules/context.js'
import type { CompareJudgement, MetricOutcome } from './model.js'
import { sentenceOf } from './sentence.js'

function outcomeOf(percent: number | null): MetricOutcome {
  if (percent === null) return 'undecided'
  if (Math.abs(percent) < STEP_TIME_PERCENT) return 'unchanged'
  return percent > 0 ? 'worse' : 'better'
}

/** The published verdict in the shape of a judgement. */
export function compatibleJudgement(
  verdict: CompareVerdict,
  sections: Readonly<Record<string, ComparedSection>>,
): CompareJudgement {
  const section = sections['step_time']
  const metric = section?.metrics['step_time_ms']
  const side = (value: number | string | null | undefined): number | null =>
    typeof value === 'number' ? value : null
  const change = metric?.pct_change ?? null
  return {
    policy: 'compatible',
    confidence: null,
    status: verdict.status,
    has_regression: verdict.status === 'REGRESSION' || verdict.status === 'MIXED',
    sentence: sentenceOf({
      lhs: side(metric?.lhs),
      rhs: side(metric?.rhs),
      outcome: outcomeOf(change),
      mean_change: change,
      change_unit: 'percent',
    }),
    why: verdict.why,
    action: verdict.action,
    clock: section?.comparison_clock ?? null,
    metrics: [],
    notes: [],
  }
}
