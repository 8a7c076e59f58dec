import type { CustomSampleRow, RankIdentity } from '@traceml/contracts'
import type { ReportMetric } from '../shared/roll-up.js'

/** The rows of a watched program. */
export interface ProcessTreeRows {
  /** One a look. */
  readonly trees: readonly CustomSampleRow[]
  /** One a process and look. */
  readonly members: readonly CustomSampleRow[]
}

/** What the program used on one node; means over the looks, null where nothing was measured. */
export interface TreeFacts {
  readonly identity: RankIdentity
  readonly looks: number
  readonly processCount: number | null
  readonly processPeak: number | null
  readonly threadCount: number | null
  readonly cpuPercent: number | null
  readonly residentBytes: number | null
  readonly residentPeakBytes: number | null
}

/** One process of the program. */
export interface MemberFacts {
  readonly globalRank: number
  readonly pid: number
  readonly name: string
  /** Mean over the looks at it. */
  readonly cpuPercent: number | null
  /** Share of the processor time of the whole program, 0 to 1, by what was seen of it. */
  readonly cpuShare: number | null
  readonly residentPeakBytes: number | null
}

/** The metrics of the section in their published order. */
export const PROCESS_TREE_METRICS: readonly ReportMetric<TreeFacts>[] = [
  { name: 'process_count', worst: 'highest', read: (tree) => tree.processCount },
  { name: 'thread_count', worst: 'highest', read: (tree) => tree.threadCount },
  { name: 'cpu_percent', worst: 'highest', read: (tree) => tree.cpuPercent },
  { name: 'ram_bytes', worst: 'highest', read: (tree) => tree.residentBytes },
]

/** The largest single measurement of the metrics. */
export const PROCESS_TREE_PEAKS: readonly ReportMetric<TreeFacts>[] = [
  { name: 'process_count', worst: 'highest', read: (tree) => tree.processPeak },
  { name: 'ram_bytes', worst: 'highest', read: (tree) => tree.residentPeakBytes },
]
