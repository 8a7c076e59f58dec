import type { StepValueKey } from '@traceml/analysis'
import { defineRule, type Rule } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { StepTimeContext } from '../context.js'
import type { StepTimePolicy } from '../policy.js'
import { inputTexts } from '../texts.js'
import { overheadSeverity } from './overhead.js'

/** The typical rank waits for its loader. */
export const inputBoundRule: Rule<StepTimeContext, StepTimePolicy> = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'input-bound',
  domain: 'step_time',
  evaluate(context, policy) {
    const { inputWaitShare: share, clock, stepRanks } = context.window
    const severity = overheadSeverity(share, context, policy)
    if (share === null || severity === null) return []
    const input = context.cohort(stepRanks, 'inputWaitMs')
    const typicalMs = (key: StepValueKey): number | null => {
      const statistics = context.cohort(stepRanks, key)
      return (context.isSingleRank ? statistics?.worst : statistics?.median) ?? null
    }
    return [
      createIssue({
        kind: 'INPUT_BOUND',
        status: 'INPUT-BOUND',
        severity,
        ...inputTexts(share, clock),
        metric: 'input_wait',
        phase: 'input',
        score: share,
        share_pct: share,
        skew_pct: input?.skewRatio ?? null,
        ranks: input === null ? [] : [input.worstRank],
        evidence: {
          input_wait_ms: typicalMs('inputWaitMs'),
          traced_step_time_ms: typicalMs('tracedStepTimeMs'),
          step_time_ms: typicalMs('stepTimeMs'),
          input_bound_share: share,
          diagnosis_clock: clock,
        },
      }),
    ]
  },
})
