import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { createIssue } from '../../shared/issues.js'
import { overhangText } from '../texts.js'
import type { ProcessRule } from './rule.js'

/** `GPU_MEMORY_RESERVED_OVERHANG`: the allocator holds a multiple of what tensors use. */
export const gpuMemoryReservedOverhangRule: ProcessRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'gpu-memory-reserved-overhang',
  domain: 'process',
  evaluate(signals, policy) {
    const ratio = signals.gpuMemReservedOverhangRatio
    const reserved = signals.gpuMemReservedPeakPercent
    const rank = signals.highestOverhangRank
    if (ratio === null || bandOf(ratio, policy.reservedOverhangRatio) !== 'high') return []
    if (reserved === null || reserved < policy.reservedOverhangMinReservedPercent) return []
    return [
      createIssue({
        kind: 'GPU_MEMORY_RESERVED_OVERHANG',
        status: 'HIGH CUDA ALLOCATOR RESERVED/ALLOCATED RATIO',
        severity: 'warn',
        metric: 'gpu_mem_reserved_peak_bytes',
        phase: 'gpu_memory',
        score: ratio,
        ranks: rank === null ? [] : [rank],
        evidence: {
          gpu_mem_reserved_overhang_ratio: ratio,
          gpu_mem_reserved_peak_percent: reserved,
          highest_overhang_rank: rank,
        },
        ...overhangText(ratio),
      }),
    ]
  },
})
