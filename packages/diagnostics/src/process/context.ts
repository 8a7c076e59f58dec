import type { RankIdentity } from '@traceml/contracts'
import { type Extreme, largestBy, relativeSpread, smallestBy } from '../shared/extremes.js'
import { groupByRank } from '../shared/group-by-rank.js'
import { fractionOf, measuredInteger, percentOf } from '../shared/measured.js'
import { meanOf, spanOf } from '../shared/running-stat.js'
import type { ProcessSampleInput } from './input.js'
import { memoryTrend } from './memory-trend.js'
import type { ProcessPolicy } from './policy.js'
import { createProcessTotals, observeRow } from './rank-totals.js'
import type { ProcessRankSignals, ProcessSignals } from './signals.js'

/**
 * Turns process rows into the signals that the process rules read. O(n) in the rows.
 *
 * Rows without a global rank are ignored; use `selectProcessWindow` to bound the rest.
 *
 * @param gpuCapacity - What GPU memory is compared with; see `ProcessPolicy`. Default `rank`.
 */
export function createProcessSignals(
  rows: readonly ProcessSampleInput[],
  gpuCapacity: ProcessPolicy['gpuCapacity'] = 'rank',
): ProcessSignals {
  const groups = [...groupByRank(rows).entries()].toSorted(([a], [b]) => a - b)
  const totals = createProcessTotals()
  for (const [, group] of groups) for (const row of group) observeRow(totals, row)
  const ranks = groups.map(([globalRank, group]) => rankSignals(globalRank, group))
  const cpuAvgPercent = meanOf(totals.cpu)
  const cpuPressureRatio = cpuPressure(cpuAvgPercent, totals.cores.max)
  const signals: ProcessSignals = {
    durationSeconds: spanOf(totals.time),
    samples: totals.samples,
    distinctRanks: ranks.length,
    cpuAvgPercent,
    cpuPeakPercent: totals.cpu.max,
    cpuLogicalCoreCount: totals.cores.max,
    cpuPressureRatio,
    cpuCapacityPercent: cpuPressureRatio === null ? null : cpuPressureRatio * 100,
    ramAvgBytes: meanOf(totals.ram),
    ramPeakBytes: totals.ram.max,
    ramTotalBytes: totals.ramTotal.max,
    ramPressureRatio: fractionOf(totals.ram.max, totals.ramTotal.max),
    ramPeakPercent: percentOf(totals.ram.max, totals.ramTotal.max),
    gpuAvailable: totals.gpuAvailable,
    gpuCount: totals.gpuCount.max,
    gpuMemUsedAvgBytes: meanOf(totals.used),
    gpuMemUsedPeakBytes: totals.used.max,
    gpuMemReservedAvgBytes: meanOf(totals.reserved),
    gpuMemReservedPeakBytes: totals.reserved.max,
    gpuMemTotalBytes: totals.gpuTotal.max,
    gpuMemUsedPeakPercent: percentOf(totals.used.max, totals.gpuTotal.max),
    gpuMemReservedPeakPercent: percentOf(totals.reserved.max, totals.gpuTotal.max),
    ...standouts(ranks),
    ranks,
  }
  return gpuCapacity === 'rank' ? withRankCapacity(signals) : signals
}

/** The same signals with the memory of every rank against its own device; see `ProcessPolicy`. */
export function withRankCapacity(signals: ProcessSignals): ProcessSignals {
  return { ...signals, ...fullestDevices(signals.ranks, signals.gpuMemTotalBytes) }
}

/** The fullest devices, each rank against its own; `fallback` where a rank's is unknown. */
function fullestDevices(
  ranks: readonly ProcessRankSignals[],
  fallback: number | null,
): Partial<ProcessSignals> {
  const fullest = (peakOf: (rank: ProcessRankSignals) => number | null) =>
    largestBy(ranks, (rank) => percentOf(peakOf(rank), rank.gpuMemTotalBytes ?? fallback))
  const used = fullest((rank) => rank.gpuMemUsedPeakBytes)
  const reserved = fullest((rank) => rank.gpuMemReservedPeakBytes)
  return {
    ...(used && {
      gpuMemUsedPeakPercent: used.value,
      highestUsedRank: used.item.globalRank,
    }),
    ...(reserved && {
      gpuMemReservedPeakPercent: reserved.value,
      highestReservedRank: reserved.item.globalRank,
    }),
  }
}

function cpuPressure(average: number | null, cores: number | null): number | null {
  return cores === null || cores <= 0 ? null : fractionOf(average, 100 * cores)
}

function rankSignals(globalRank: number, rows: readonly ProcessSampleInput[]): ProcessRankSignals {
  const totals = createProcessTotals()
  for (const row of rows) observeRow(totals, row)
  return {
    globalRank,
    identity: identityOf(globalRank, rows),
    samples: totals.samples,
    cpuAvgPercent: meanOf(totals.cpu),
    cpuPeakPercent: totals.cpu.max,
    cpuLogicalCoreCount: totals.cores.max,
    ramAvgBytes: meanOf(totals.ram),
    ramPeakBytes: totals.ram.max,
    ramTrend: memoryTrend(rows),
    ramTotalBytes: totals.ramTotal.max,
    gpuMemUsedAvgBytes: meanOf(totals.used),
    gpuMemUsedPeakBytes: totals.used.max,
    gpuMemReservedAvgBytes: meanOf(totals.reserved),
    gpuMemReservedPeakBytes: totals.reserved.max,
    gpuMemTotalBytes: totals.gpuTotal.max,
    gpuMemReservedOverhangRatio: totals.overhang.max,
  }
}

/** The largest value of each identity column, as SQL's MAX takes it. */
function identityOf(globalRank: number, rows: readonly ProcessSampleInput[]): RankIdentity {
  const largest = (columnOf: (row: ProcessSampleInput) => unknown): number | null =>
    largestBy(rows, (row) => measuredInteger(columnOf(row)))?.value ?? null
  let hostname: string | null = null
  for (const row of rows) {
    if (typeof row.hostname !== 'string') continue
    if (hostname === null || row.hostname > hostname) hostname = row.hostname
  }
  return {
    global_rank: globalRank,
    local_rank: largest((row) => row.local_rank),
    node_rank: largest((row) => row.node_rank),
    hostname,
    local_world_size: largest((row) => row.local_world_size),
    world_size: largest((row) => row.world_size),
  }
}

/** Which rank stands out in what; the lowest rank wins a tie. */
function standouts(
  ranks: readonly ProcessRankSignals[],
): Pick<
  ProcessSignals,
  | 'gpuMemReservedOverhangRatio'
  | 'highestOverhangRank'
  | 'highestRssRank'
  | 'highestUsedRank'
  | 'highestReservedRank'
  | 'leastHeadroomRank'
  | 'leastHeadroomBytes'
  | 'rankRssImbalanceRatio'
  | 'rankGpuUsedImbalancePercent'
  | 'rankGpuReservedImbalancePercent'
> {
  const usedOf = (rank: ProcessRankSignals): number | null => rank.gpuMemUsedPeakBytes
  const reservedOf = (rank: ProcessRankSignals): number | null => rank.gpuMemReservedPeakBytes
  const rssOf = (rank: ProcessRankSignals): number | null => rank.ramPeakBytes
  const rankOf = (extreme: Extreme<ProcessRankSignals> | null): number | null =>
    extreme?.item.globalRank ?? null
  const overhang = largestBy(
    ranks,
    (rank) => rank.gpuMemReservedOverhangRatio ?? fractionOf(reservedOf(rank), usedOf(rank)),
  )
  const headroom = smallestBy(ranks, (rank) => {
    const reserved = reservedOf(rank)
    const total = rank.gpuMemTotalBytes
    return reserved === null || total === null ? null : Math.max(total - reserved, 0)
  })
  return {
    gpuMemReservedOverhangRatio: overhang?.value ?? null,
    highestOverhangRank: rankOf(overhang),
    highestRssRank: rankOf(largestBy(ranks, rssOf)),
    highestUsedRank: rankOf(largestBy(ranks, usedOf)),
    highestReservedRank: rankOf(largestBy(ranks, reservedOf)),
    leastHeadroomRank: rankOf(headroom),
    leastHeadroomBytes: headroom?.value ?? null,
    rankRssImbalanceRatio: relativeSpread(ranks, rssOf),
    rankGpuUsedImbalancePercent: asPercent(relativeSpread(ranks, usedOf)),
    rankGpuReservedImbalancePercent: asPercent(relativeSpread(ranks, reservedOf)),
  }
}

function asPercent(ratio: number | null): number | null {
  return ratio === null ? null : ratio * 100
}
