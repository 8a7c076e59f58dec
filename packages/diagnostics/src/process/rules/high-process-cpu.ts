import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { createIssue } from '../../shared/issues.js'
import { cpuText } from '../texts.js'
import type { ProcessRule } from './rule.js'

/** `HIGH_PROCESS_CPU`: the mean CPU of a process reached a high share of all cores. */
export const highProcessCpuRule: ProcessRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-process-cpu',
  domain: 'process',
  evaluate(signals, policy) {
    const { cpuCapacityPercent: share } = signals
    if (share === null || bandOf(share, policy.cpuCapacityPercent) !== 'high') return []
    return [
      createIssue({
        kind: 'HIGH_PROCESS_CPU',
        status: 'HIGH PROCESS CPU',
        severity: 'warn',
        metric: 'cpu_capacity_percent',
        phase: 'cpu',
        score: share,
        evidence: {
          cpu_avg_percent: signals.cpuAvgPercent,
          cpu_logical_core_count: signals.cpuLogicalCoreCount,
          cpu_capacity_percent: share,
        },
        ...cpuText(share),
      }),
    ]
  },
})
