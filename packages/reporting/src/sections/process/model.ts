import type { Issue } from '@traceml/contracts'
import type { ProcessRankSignals, ProcessSignals } from '@traceml/diagnostics'
import type { ReportMetric } from '../shared/roll-up.js'

/** Everything that the card of the section is made of. */
export interface ProcessReport {
  readonly signals: ProcessSignals
  readonly issues: readonly Issue[]
}

/** The 8 metrics of the section in their published order. */
export const PROCESS_REPORT_METRICS: readonly ReportMetric<ProcessRankSignals>[] = [
  { name: 'cpu_percent', worst: 'highest', read: (rank) => rank.cpuAvgPercent },
  { name: 'cpu_capacity_percent', worst: 'highest', read: cpuCapacity },
  { name: 'ram_bytes', worst: 'highest', read: (rank) => rank.ramAvgBytes },
  {
    name: 'ram_percent',
    worst: 'highest',
    read: (rank) => percentage(rank.ramAvgBytes, rank.ramTotalBytes),
  },
  { name: 'gpu_mem_used_bytes', worst: 'highest', read: (rank) => rank.gpuMemUsedAvgBytes },
  { name: 'gpu_mem_reserved_bytes', worst: 'highest', read: (rank) => rank.gpuMemReservedAvgBytes },
  {
    name: 'gpu_mem_reserved_percent',
    worst: 'highest',
    read: (rank) => percentage(rank.gpuMemReservedAvgBytes, rank.gpuMemTotalBytes),
  },
  { name: 'gpu_mem_headroom_bytes', worst: 'lowest', read: headroom },
]

/** The largest single measurement of the metrics whose value is a mean. */
export const PROCESS_PEAK_METRICS: readonly ReportMetric<ProcessRankSignals>[] = [
  { name: 'cpu_percent', worst: 'highest', read: (rank) => rank.cpuPeakPercent },
  { name: 'ram_bytes', worst: 'highest', read: (rank) => rank.ramPeakBytes },
  { name: 'gpu_mem_used_bytes', worst: 'highest', read: (rank) => rank.gpuMemUsedPeakBytes },
  {
    name: 'gpu_mem_reserved_bytes',
    worst: 'highest',
    read: (rank) => rank.gpuMemReservedPeakBytes,
  },
]

function percentage(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : (100 * part) / whole
}

function cpuCapacity(rank: ProcessRankSignals): number | null {
  const { cpuAvgPercent: used, cpuLogicalCoreCount: cores } = rank
  if (used === null || cores === null || cores <= 0) return null
  return Math.max(0, (used / (100 * cores)) * 100)
}

function headroom(rank: ProcessRankSignals): number | null {
  const { gpuMemTotalBytes: total, gpuMemReservedAvgBytes: reserved } = rank
  return total === null || reserved === null ? null : Math.max(total - reserved, 0)
}
