import { defineRule, type Rule } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { StepTimeContext } from '../context.js'
import type { StepTimePolicy } from '../policy.js'
import { residualTexts } from '../texts.js'
import { overheadSeverity } from './overhead.js'

/** The typical rank spends its step outside every traced phase. */
export const residualHeavyRule: Rule<StepTimeContext, StepTimePolicy> = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'residual-heavy',
  domain: 'step_time',
  evaluate(context, policy) {
    const { window, worstStepRank } = context
    const share = window.residualShare
    const severity = overheadSeverity(share, context, policy)
    if (share === null || severity === null) return []
    return [
      createIssue({
        kind: 'RESIDUAL_HEAVY',
        status: 'RESIDUAL-HEAVY',
        severity,
        ...residualTexts(share, window.clock),
        metric: 'residual_proxy',
        phase: 'residual',
        score: share,
        share_pct: share,
        ranks: worstStepRank === null ? [] : [worstStepRank],
      }),
    ]
  },
})
