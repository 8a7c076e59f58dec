import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { createIssue } from '../../shared/issues.js'
import { gpuMemoryText } from '../texts.js'
import { gpuMemoryPeakOf } from './gpu-memory-peak.js'
import type { ProcessRule } from './rule.js'

/** `VERY_HIGH_PROCESS_GPU_MEMORY`: the fullest process peaked at or above the very high limit. */
export const veryHighProcessGpuMemoryRule: ProcessRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'very-high-process-gpu-memory',
  domain: 'process',
  evaluate(signals, policy) {
    const { metric, percent, rank, evidence } = gpuMemoryPeakOf(signals)
    if (percent === null || bandOf(percent, policy.gpuMemPeakPercent) !== 'very_high') return []
    return [
      createIssue({
        kind: 'VERY_HIGH_PROCESS_GPU_MEMORY',
        status: 'VERY HIGH PROCESS GPU MEMORY',
        severity: 'crit',
        metric,
        phase: 'gpu_memory',
        score: percent,
        ranks: rank === null ? [] : [rank],
        evidence,
        ...gpuMemoryText('very high', percent, rank),
      }),
    ]
  },
})
