import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { gpuMemoryText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `HIGH_GPU_MEMORY`: the fullest GPU peaked between the high and the very high limit. */
export const highGpuMemoryRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-gpu-memory',
  domain: 'system',
  evaluate(node, policy) {
    const { gpuMemPeakPercent: peak, highestMemPressureGpuIndex: gpuIndex } = node
    if (peak === null || bandOf(peak, policy.gpuMemPeakPercent) !== 'high') return []
    return [
      systemIssue({
        kind: 'HIGH_GPU_MEMORY',
        status: 'HIGH GPU MEM',
        severity: 'warn',
        metric: 'gpu_mem_peak_percent',
        phase: 'gpu_memory',
        score: peak,
        gpuIndex,
        evidence: { gpu_mem_peak_percent: peak, gpu_idx: gpuIndex },
        text: gpuMemoryText('high', peak),
      }),
    ]
  },
})
