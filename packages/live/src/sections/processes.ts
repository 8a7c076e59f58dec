import type { LiveProcessBody, LiveSpread, ProcessSampleRow } from '@traceml/contracts'
import { diagnoseProcess } from '@traceml/diagnostics'
import type { SessionState } from '../session-state.js'
import { evidence, liveIssue, sectionVerdict } from '../verdicts/section-verdict.js'
import type { SectionResult } from './result.js'
import { maxOf, spreadOf } from './spread.js'

const POINTS = 60

/** What the ranks' processes say. @internal */
export function processesSection(state: SessionState): SectionResult<LiveProcessBody> | null {
  const rows = state.processes.all()
  if (rows.length === 0) return null
  const { primary, issues } = diagnoseProcess(rows)
  const newest = state.processes
    .keys()
    .toSorted((a, b) => a - b)
    .flatMap((rank) => state.processes.newest(rank) ?? [])
  const spreads = spreadsOf(newest)
  const used = newest.flatMap((row) => row.gpu_mem_used_bytes ?? [])
  return {
    verdict: sectionVerdict('process', primary, {
      ranks: issues[0]?.ranks ?? [],
      evidence: [
        ...spreads.flatMap(({ key, label, worst, unit }) => evidence(key, label, worst, unit)),
        ...evidence('samples', 'samples', primary.samplesUsed, 'count'),
      ],
    }),
    issues: issues.map(liveIssue),
    body: {
      spreads,
      gpu_used_imbalance_bytes:
        used.length < 2 ? null : (maxOf(used) ?? 0) - used.reduce((a, b) => Math.min(a, b)),
      series: seriesOf(rows),
    },
  }
}

function spreadsOf(rows: readonly ProcessSampleRow[]): readonly LiveSpread[] {
  const of = (read: (row: ProcessSampleRow) => number | null) =>
    rows.map((row) => ({ idx: row.global_rank, value: read(row) }))
  return [
    spreadOf(
      { key: 'cpu_percent', label: 'cpu', unit: 'percent' },
      of((row) => row.cpu_percent),
    ),
    spreadOf(
      { key: 'rss_bytes', label: 'memory', unit: 'bytes' },
      of((row) => row.ram_used_bytes),
    ),
    spreadOf(
      { key: 'gpu_used_bytes', label: 'gpu memory', unit: 'bytes' },
      of((row) => row.gpu_mem_used_bytes),
    ),
    spreadOf(
      { key: 'gpu_reserved_bytes', label: 'gpu reserved', unit: 'bytes' },
      of((row) => row.gpu_mem_reserved_bytes),
    ),
  ].filter((spread) => spread !== null)
}

/**
 * Maxima over ranks by sample number: ranks sample at their own moments, and a rank that is gone
 * must not hold the others back.
 */
function seriesOf(rows: readonly ProcessSampleRow[]): LiveProcessBody['series'] {
  const bySeq = new Map<number, ProcessSampleRow[]>()
  for (const row of rows) {
    if (row.seq === null) continue
    const same = bySeq.get(row.seq)
    if (same === undefined) bySeq.set(row.seq, [row])
    else same.push(row)
  }
  const groups = [...bySeq]
    .toSorted(([a], [b]) => a - b)
    .slice(-POINTS)
    .map(([, group]) => group)
  const max = (read: (row: ProcessSampleRow) => number | null) =>
    groups.map((group) => maxOf(group.map(read)))
  return {
    ts: max((row) => row.sample_ts_s).map((ts) => ts ?? 0),
    cpu_percent_max: max((row) => row.cpu_percent),
    rss_bytes_max: max((row) => row.ram_used_bytes),
    gpu_used_bytes_max: max((row) => row.gpu_mem_used_bytes),
  }
}
