import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { hostMemoryText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `HIGH_HOST_MEMORY`: the host's memory peaked at or above the high limit. */
export const highHostMemoryRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-host-memory',
  domain: 'system',
  evaluate(node, policy) {
    const { ramPeakPercent: peak } = node
    if (peak === null || bandOf(peak, policy.ramPeakPercent) !== 'high') return []
    return [
      systemIssue({
        kind: 'HIGH_HOST_MEMORY',
        status: 'HIGH RAM',
        severity: 'warn',
        metric: 'ram_peak_percent',
        phase: 'ram',
        score: peak,
        evidence: { ram_peak_percent: peak },
        text: hostMemoryText(peak),
      }),
    ]
  },
})
