import type { StepMemoryRank, StepMemoryResult } from '@traceml/diagnostics'
import type { ReportMetric } from '../shared/roll-up.js'

/** Everything that the card of the section is made of. */
export type StepMemoryReport = Pick<
  StepMemoryResult,
  'metrics' | 'issues' | 'primary' | 'latestStep' | 'ranksSeen'
>

/** Both metrics of one rank over the aligned steps; null when the rank has no part in it. */
export interface StepMemoryFacts {
  readonly allocated: StepMemoryRank | null
  readonly reserved: StepMemoryRank | null
}

/** The 2 metrics of the section in their published order: means of the steps' peaks. */
export const STEP_MEMORY_REPORT_METRICS: readonly ReportMetric<StepMemoryFacts>[] = [
  {
    name: 'peak_allocated_bytes',
    worst: 'highest',
    read: ({ allocated }) => allocated?.meanBytes ?? null,
  },
  {
    name: 'peak_reserved_bytes',
    worst: 'highest',
    read: ({ reserved }) => reserved?.meanBytes ?? null,
  },
]

/** The largest step of each: what a device had to hold. */
export const STEP_MEMORY_PEAK_METRICS: readonly ReportMetric<StepMemoryFacts>[] = [
  {
    name: 'peak_allocated_bytes',
    worst: 'highest',
    read: ({ allocated }) => allocated?.peakBytes ?? null,
  },
  {
    name: 'peak_reserved_bytes',
    worst: 'highest',
    read: ({ reserved }) => reserved?.peakBytes ?? null,
  },
]
