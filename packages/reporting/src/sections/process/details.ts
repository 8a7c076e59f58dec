import type { ProcessSampleRow, SummarySeries } from '@traceml/contracts'
import { type TimeLine, timeSeries } from '../shared/time-series.js'

const LINES: readonly TimeLine<ProcessSampleRow>[] = [
  { name: 'cpu_percent', read: (row) => row.cpu_percent, parts: { worst: true } },
  { name: 'ram_bytes', read: (row) => row.ram_used_bytes, parts: { worst: true, extremes: true } },
  { name: 'gpu_mem_used_bytes', read: (row) => row.gpu_mem_used_bytes, parts: { worst: true } },
  {
    name: 'gpu_mem_reserved_bytes',
    read: (row) => row.gpu_mem_reserved_bytes,
    parts: { worst: true, extremes: true },
  },
]

/** Processor and memory of the ranks over time; null without a timed sample. */
export function processSeries(samples: readonly ProcessSampleRow[]): SummarySeries | null {
  const byRank = new Map<number, ProcessSampleRow[]>()
  for (const row of samples) {
    if (row.global_rank === null) continue
    const rows = byRank.get(row.global_rank)
    if (rows === undefined) byRank.set(row.global_rank, [row])
    else rows.push(row)
  }
  return timeSeries([...byRank.values()], LINES)
}
