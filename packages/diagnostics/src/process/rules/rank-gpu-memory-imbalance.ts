import { defineRule, type Severity } from '@traceml/contracts'
import { largestBy } from '../../shared/extremes.js'
import { createIssue } from '../../shared/issues.js'
import { percentOf } from '../../shared/measured.js'
import type { ProcessPolicy } from '../policy.js'
import type { ProcessSignals } from '../signals.js'
import { imbalanceText } from '../texts.js'
import type { ProcessRule } from './rule.js'

/** `RANK_GPU_MEMORY_IMBALANCE`: ranks use different amounts, and the fullest device is not empty. */
export const rankGpuMemoryImbalanceRule: ProcessRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'rank-gpu-memory-imbalance',
  domain: 'process',
  evaluate(signals, policy) {
    const family = familyOf(signals)
    const { imbalance, pressure } = family
    const severity = severityOf(imbalance, pressure.percent, policy)
    if (severity === null || imbalance === null || pressure.percent === null) return []
    return [
      createIssue({
        kind: 'RANK_GPU_MEMORY_IMBALANCE',
        status: 'RANK GPU MEMORY IMBALANCE',
        severity,
        metric: family.metric,
        phase: 'gpu_memory',
        score: imbalance,
        // One rank may be both the fullest and the tightest; existing reports list it twice.
        ranks: [family.highestRank, signals.leastHeadroomRank].filter((rank) => rank !== null),
        evidence: {
          rank_gpu_used_imbalance_percent: signals.rankGpuUsedImbalancePercent,
          rank_gpu_reserved_imbalance_percent: signals.rankGpuReservedImbalancePercent,
          gpu_mem_reserved_peak_percent: signals.gpuMemReservedPeakPercent,
          gpu_mem_used_peak_percent: signals.gpuMemUsedPeakPercent,
          rank_gpu_memory_pressure_percent: pressure.percent,
          rank_gpu_memory_pressure_metric: family.pressureMetric,
          rank_gpu_memory_pressure_rank: pressure.rank,
          highest_used_rank: signals.highestUsedRank,
          highest_reserved_rank: signals.highestReservedRank,
          least_headroom_rank: signals.leastHeadroomRank,
        },
        ...imbalanceText(imbalance, pressure.percent),
      }),
    ]
  },
})

interface Family {
  readonly metric: string
  readonly pressureMetric: string
  readonly imbalance: number | null
  readonly highestRank: number | null
  readonly pressure: { readonly percent: number | null; readonly rank: number | null }
}

/** Judges reserved memory, or used memory where nothing is known of reserved. */
function familyOf(signals: ProcessSignals): Family {
  const isReserved = signals.rankGpuReservedImbalancePercent !== null
  const highestRank = isReserved ? signals.highestReservedRank : signals.highestUsedRank
  const fullest = largestBy(signals.ranks, (rank) =>
    percentOf(
      isReserved ? rank.gpuMemReservedPeakBytes : rank.gpuMemUsedPeakBytes,
      rank.gpuMemTotalBytes,
    ),
  )
  const runWide = isReserved ? signals.gpuMemReservedPeakPercent : signals.gpuMemUsedPeakPercent
  return {
    metric: isReserved ? 'rank_gpu_reserved_imbalance_percent' : 'rank_gpu_used_imbalance_percent',
    pressureMetric: isReserved ? 'gpu_mem_reserved_peak_percent' : 'gpu_mem_used_peak_percent',
    imbalance: isReserved
      ? signals.rankGpuReservedImbalancePercent
      : signals.rankGpuUsedImbalancePercent,
    highestRank,
    pressure:
      fullest === null
        ? { percent: runWide, rank: highestRank }
        : { percent: fullest.value, rank: fullest.item.globalRank },
  }
}

function severityOf(
  imbalance: number | null,
  pressure: number | null,
  { imbalance: limits }: ProcessPolicy,
): Severity | null {
  if (imbalance === null || pressure === null) return null
  if (imbalance >= limits.critPercent && pressure >= limits.critPressurePercent) return 'crit'
  if (imbalance >= limits.warnPercent && pressure >= limits.warnPressurePercent) return 'warn'
  return null
}
