import type {
  SummarySeries,
  SystemGpuSampleRow,
  SystemSampleRow,
  SystemWindow,
} from '@traceml/contracts'
import { type TimeLine, timeSeries } from '../shared/time-series.js'

/** A sample of a node with the means over its GPUs. */
interface NodeMoment {
  readonly sample_ts_s: number | null
  readonly cpu: number | null
  readonly ram: number | null
  readonly util: number | null
  readonly memory: number | null
}

const LINES: readonly TimeLine<NodeMoment>[] = [
  { name: 'cpu_percent', read: (moment) => moment.cpu },
  { name: 'ram_bytes', read: (moment) => moment.ram, parts: { worst: true } },
  { name: 'gpu_util_percent', read: (moment) => moment.util, parts: { extremes: true } },
  { name: 'gpu_mem_bytes', read: (moment) => moment.memory, parts: { worst: true } },
]

function keyOf(row: Pick<SystemSampleRow, 'global_rank' | 'node_rank' | 'seq'>): string {
  return `${row.global_rank}|${row.node_rank}|${row.seq}`
}

function isSameSample(a: SystemGpuSampleRow, b: SystemGpuSampleRow): boolean {
  return a.seq === b.seq && a.global_rank === b.global_rank && a.node_rank === b.node_rank
}

function groupGpus(
  gpus: readonly SystemGpuSampleRow[],
): ReadonlyMap<string, readonly SystemGpuSampleRow[]> {
  const bySample = new Map<string, SystemGpuSampleRow[]>()
  let last: SystemGpuSampleRow | null = null
  let rows: SystemGpuSampleRow[] = []
  for (const row of gpus) {
    // Rows of one sample follow each other: one look at the key of each.
    if (last === null || !isSameSample(last, row)) {
      const key = keyOf(row)
      rows = bySample.get(key) ?? []
      bySample.set(key, rows)
    }
    rows.push(row)
    last = row
  }
  return bySample
}

function meanOf(
  rows: readonly SystemGpuSampleRow[],
  read: (row: SystemGpuSampleRow) => number | null,
): number | null {
  let sum = 0
  let count = 0
  for (const row of rows) {
    const value = read(row)
    if (value === null) continue
    sum += value
    count += 1
  }
  return count === 0 ? null : sum / count
}

/** How busy and full the nodes and their GPUs were over time; null without a timed sample. */
export function systemSeries({ samples, gpus }: SystemWindow): SummarySeries | null {
  const bySample = groupGpus(gpus)
  const byNode = new Map<number, NodeMoment[]>()
  for (const row of samples) {
    const node = row.node_rank ?? row.global_rank ?? 0
    const devices = bySample.get(keyOf(row)) ?? []
    const moment = {
      sample_ts_s: row.sample_ts_s,
      cpu: row.cpu_percent,
      ram: row.ram_used_bytes,
      util: meanOf(devices, (gpu) => gpu.util),
      memory: meanOf(devices, (gpu) => gpu.mem_used_bytes),
    }
    const moments = byNode.get(node)
    if (moments === undefined) byNode.set(node, [moment])
    else moments.push(moment)
  }
  return timeSeries([...byNode.values()], LINES)
}
