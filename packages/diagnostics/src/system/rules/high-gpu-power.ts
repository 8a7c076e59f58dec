import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { gpuPowerText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `HIGH_GPU_POWER`: one GPU's mean power reached the high share of its limit. */
export const highGpuPowerRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-gpu-power',
  domain: 'system',
  evaluate(node, policy) {
    const { gpuPowerAvgLimitPercent: share, highestPowerGpuIndex: gpuIndex } = node
    if (share === null || bandOf(share, policy.gpuPowerAvgLimitPercent) !== 'high') return []
    return [
      systemIssue({
        kind: 'HIGH_GPU_POWER',
        status: 'HIGH GPU PWR',
        severity: 'warn',
        metric: 'gpu_power_avg_limit_percent',
        phase: 'gpu_power',
        score: share,
        gpuIndex,
        evidence: { gpu_power_avg_limit_percent: share, gpu_idx: gpuIndex },
        text: gpuPowerText(share),
      }),
    ]
  },
})
