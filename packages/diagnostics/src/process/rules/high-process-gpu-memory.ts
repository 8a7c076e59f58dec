import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { createIssue } from '../../shared/issues.js'
import { gpuMemoryText } from '../texts.js'
import { gpuMemoryPeakOf } from './gpu-memory-peak.js'
import type { ProcessRule } from './rule.js'

/** `HIGH_PROCESS_GPU_MEMORY`: the fullest process peaked between the high and the very high limit. */
export const highProcessGpuMemoryRule: ProcessRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-process-gpu-memory',
  domain: 'process',
  evaluate(signals, policy) {
    const { metric, percent, rank, evidence } = gpuMemoryPeakOf(signals)
    if (percent === null || bandOf(percent, policy.gpuMemPeakPercent) !== 'high') return []
    return [
      createIssue({
        kind: 'HIGH_PROCESS_GPU_MEMORY',
        status: 'HIGH PROCESS GPU MEMORY',
        severity: 'warn',
        metric,
        phase: 'gpu_memory',
        score: percent,
        ranks: rank === null ? [] : [rank],
        evidence,
        ...gpuMemoryText('high', percent, rank),
      }),
    ]
  },
})
