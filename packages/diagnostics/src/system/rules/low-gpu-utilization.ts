import { defineRule } from '@traceml/contracts'
import { utilizationBandOf } from '../../shared/band.js'
import { gpuUtilizationText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `LOW_GPU_UTILIZATION`: the node's GPUs were, on average, in the low band. */
export const lowGpuUtilizationRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'low-gpu-utilization',
  domain: 'system',
  evaluate(node, policy) {
    const { gpuUtilAvgPercent: mean, lowestUtilGpuIndex } = node
    if (mean === null || utilizationBandOf(mean, policy.gpuUtilization) !== 'low') return []
    return [
      systemIssue({
        kind: 'LOW_GPU_UTILIZATION',
        status: 'LOW GPU UTIL',
        severity: 'info',
        metric: 'gpu_util_avg_percent',
        phase: 'gpu_utilization',
        score: Math.max(0, 100 - mean),
        evidence: {
          gpu_util_avg_percent: mean,
          gpu_utilization_band: 'low',
          lowest_util_gpu_idx: lowestUtilGpuIndex,
        },
        text: gpuUtilizationText('low', mean),
      }),
    ]
  },
})
