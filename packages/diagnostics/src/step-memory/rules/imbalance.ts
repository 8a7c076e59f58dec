import { defineRule, type Severity } from '@traceml/contracts'
import type { StepMemoryPolicy } from '../policy.js'
import { imbalanceText } from '../texts.js'
import { type StepMemoryRule, stepMemoryIssue } from './rule.js'

/** `IMBALANCE`: one rank peaks well above the others, and its device is not empty. */
export const imbalanceRule: StepMemoryRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'imbalance',
  domain: 'step_memory',
  evaluate(signals, policy) {
    const { pressureRatio: pressure, skewRatio: skew } = signals
    if (signals.stepsUsed < policy.minSteps || pressure === null) return []
    const severity = severityOf(skew, pressure, policy)
    if (severity === null) return []
    return [
      stepMemoryIssue(signals, {
        kind: 'IMBALANCE',
        status: 'IMBALANCE',
        severity,
        score: skew,
        evidence: { skew_pct: skew, pressure_frac: pressure },
        text: imbalanceText(signals.metric, skew, pressure),
      }),
    ]
  },
})

function severityOf(skew: number, pressure: number, policy: StepMemoryPolicy): Severity | null {
  const exceeds = (skewLimit: number, pressureLimit: number): boolean =>
    skew >= skewLimit && pressure >= pressureLimit
  if (exceeds(policy.imbalanceCritSkewRatio, policy.imbalanceCritPressureRatio)) return 'crit'
  if (exceeds(policy.imbalanceWarnSkewRatio, policy.imbalanceWarnPressureRatio)) return 'warn'
  return null
}
