import { defineRule, type Rule } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { StepTimeContext } from '../context.js'
import type { StepTimePolicy } from '../policy.js'
import { h2dTexts } from '../texts.js'
import { assessableH2dShare, overheadSeverity } from './overhead.js'

/** The typical rank waits for copies to its device. */
export const h2dBoundRule: Rule<StepTimeContext, StepTimePolicy> = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'h2d-bound',
  domain: 'step_time',
  evaluate(context, policy) {
    const share = assessableH2dShare(context)
    const severity = overheadSeverity(share, context, policy)
    const metric = context.metric('h2d')
    if (share === null || severity === null || metric === null) return []
    return [
      createIssue({
        kind: 'H2D_BOUND',
        status: 'H2D-BOUND',
        severity,
        ...h2dTexts(share),
        metric: 'h2d',
        phase: 'h2d',
        score: share,
        share_pct: share,
        skew_pct: context.isSingleRank ? null : metric.skewRatio,
        ranks: [metric.worstRank],
        evidence: {
          h2d_ms: context.isSingleRank ? metric.worstMs : metric.medianMs,
          h2d_share: share,
          diagnosis_clock: context.window.clock,
        },
      }),
    ]
  },
})
