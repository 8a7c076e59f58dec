import { defineRule } from '@traceml/contracts'
import { utilizationBandOf } from '../../shared/band.js'
import { gpuUtilizationText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `MODERATE_GPU_UTILIZATION`: the node's GPUs were, on average, in the moderate band. */
export const moderateGpuUtilizationRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'moderate-gpu-utilization',
  domain: 'system',
  evaluate(node, policy) {
    const { gpuUtilAvgPercent: mean, lowestUtilGpuIndex } = node
    if (mean === null || utilizationBandOf(mean, policy.gpuUtilization) !== 'moderate') return []
    return [
      systemIssue({
        kind: 'MODERATE_GPU_UTILIZATION',
        status: 'MODERATE GPU UTIL',
        severity: 'info',
        metric: 'gpu_util_avg_percent',
        phase: 'gpu_utilization',
        score: Math.max(0, 100 - mean),
        evidence: {
          gpu_util_avg_percent: mean,
          gpu_utilization_band: 'moderate',
          lowest_util_gpu_idx: lowestUtilGpuIndex,
        },
        text: gpuUtilizationText('moderate', mean),
      }),
    ]
  },
})
