import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { gpuMemoryText } from '../texts.js'
import { type SystemRule, systemIssue } from './rule.js'

/** `VERY_HIGH_GPU_MEMORY`: the fullest GPU peaked at or above the very high limit. */
export const veryHighGpuMemoryRule: SystemRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'very-high-gpu-memory',
  domain: 'system',
  evaluate(node, policy) {
    const { gpuMemPeakPercent: peak, highestMemPressureGpuIndex: gpuIndex } = node
    if (peak === null || bandOf(peak, policy.gpuMemPeakPercent) !== 'very_high') return []
    return [
      systemIssue({
        kind: 'VERY_HIGH_GPU_MEMORY',
        status: 'VERY HIGH GPU MEM',
        severity: 'crit',
        metric: 'gpu_mem_peak_percent',
        phase: 'gpu_memory',
        score: peak,
        gpuIndex,
        evidence: { gpu_mem_peak_percent: peak, gpu_idx: gpuIndex },
        text: gpuMemoryText('very high', peak),
      }),
    ]
  },
})
