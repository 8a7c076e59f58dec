import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { cpuText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `HIGH_CPU`: the host's mean CPU reached the high limit. */
export const highCpuRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-cpu',
  domain: 'system',
  evaluate(node, policy) {
    const { cpuAvgPercent: mean } = node
    if (mean === null || bandOf(mean, policy.cpuAvgPercent) !== 'high') return []
    return [
      systemIssue({
        kind: 'HIGH_CPU',
        status: 'HIGH CPU',
        severity: 'warn',
        metric: 'cpu_avg_percent',
        phase: 'cpu',
        score: mean,
        evidence: { cpu_avg_percent: mean },
        text: cpuText(mean),
      }),
    ]
  },
})
