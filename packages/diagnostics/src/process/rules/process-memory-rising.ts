import { defineRule } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { ProcessPolicy } from '../policy.js'
import type { ProcessMemoryTrend, ProcessRankSignals } from '../signals.js'
import { memoryRiseText } from '../texts.js'
import type { ProcessRule } from './rule.js'

interface Rise {
  readonly rank: ProcessRankSignals
  readonly trend: ProcessMemoryTrend
}

/**
 * `PROCESS_MEMORY_RISING`: the resident memory of a rank rises through the whole run, after its
 * start-up and by more than one jump. The rank with the largest growth is named first.
 */
export const processMemoryRisingRule: ProcessRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'process-memory-rising',
  domain: 'process',
  evaluate(signals, { memoryRise }) {
    if (memoryRise === null) return []
    const rises = signals.ranks.flatMap((rank): readonly Rise[] => {
      const { ramTrend: trend } = rank
      return trend !== null && isRise(trend, memoryRise) ? [{ rank, trend }] : []
    })
    const [worst] = rises.toSorted((a, b) => b.trend.growthBytes - a.trend.growthBytes)
    if (worst === undefined) return []
    const { rank, trend } = worst
    const bytesPerSecond = trend.seconds > 0 ? trend.growthBytes / trend.seconds : null
    const secondsToFull =
      bytesPerSecond === null || rank.ramTotalBytes === null
        ? null
        : Math.max(0, rank.ramTotalBytes - trend.lastBytes) / bytesPerSecond
    return [
      createIssue({
        kind: 'PROCESS_MEMORY_RISING',
        status: 'PROCESS MEMORY RISING',
        severity: 'warn',
        metric: 'ram_bytes',
        phase: 'ram',
        score: trend.growthBytes / trend.firstBytes,
        ranks: rises.map((rise) => rise.rank.globalRank).toSorted((a, b) => a - b),
        evidence: {
          rank: rank.globalRank,
          first_bytes: trend.firstBytes,
          last_bytes: trend.lastBytes,
          growth_bytes: trend.growthBytes,
          growth_bytes_per_s: bytesPerSecond,
          seconds: trend.seconds,
          seconds_to_full: secondsToFull,
        },
        ...memoryRiseText({ rank: rank.globalRank, ...trend, secondsToFull }),
      }),
    ]
  },
})

function isRise(
  trend: ProcessMemoryTrend,
  limits: NonNullable<ProcessPolicy['memoryRise']>,
): boolean {
  const { growthBytes, firstBytes } = trend
  return (
    !trend.isStep &&
    firstBytes > 0 &&
    trend.score >= limits.minScore &&
    trend.risingPairRatio >= limits.minRisingPairRatio &&
    growthBytes >= limits.minGrowthBytes &&
    growthBytes >= limits.minGrowthRatio * firstBytes
  )
}
