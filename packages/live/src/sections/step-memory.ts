import { median } from '@traceml/analysis'
import type {
  LiveMemoryMetric,
  LiveStepMemoryBody,
  ProcessSampleRow,
  StepMemorySampleRow,
} from '@traceml/contracts'
import { diagnoseLiveStepMemory, type StepMemoryMetric } from '@traceml/diagnostics'
import type { SessionState } from '../session-state.js'
import { liveTrend } from '../trend.js'
import { evidence, liveIssue, sectionVerdict } from '../verdicts/section-verdict.js'
import type { SectionResult } from './result.js'
import { maxOf } from './spread.js'

const POINTS = 100
const LABELS: Readonly<Record<string, string>> = {
  peak_allocated: 'peak allocated',
  peak_reserved: 'peak reserved',
}

/** What the memory of the newest steps says; null before the first. @internal */
export function stepMemorySection(
  state: SessionState,
  ranks: readonly number[],
): SectionResult<LiveStepMemoryBody> | null {
  const rows = ranks.flatMap((rank) => state.memory.get(rank))
  if (rows.length === 0) return null
  const capacities = capacitiesOf(state)
  const known = Object.values(capacities)
  const { primary, issues, metrics, signals } = diagnoseLiveStepMemory({
    rows,
    latestStep: maxOf(rows.map(({ step }) => step)),
    ranksSeen: ranks.length,
    gpuTotalBytes: maxOf(known),
    gpuTotalBytesByRank: capacities,
    gpuAvailable: gpuAvailable(state),
  })
  const drawn = metrics
    .toSorted((a, b) => Number(b.metric === primary.metric) - Number(a.metric === primary.metric))
    .map(metricOf)
  const live = liveTensors(rows, ranks)
  const all = live === null ? drawn : [...drawn, live]
  if (all.length === 0) return null
  const pressure = maxOf(signals.map(({ pressureRatio }) => pressureRatio))
  const lead = all[0]
  return {
    // Without a device's peaks there is nothing that this domain judges.
    verdict:
      drawn.length === 0
        ? null
        : sectionVerdict('step_memory', primary, {
            ranks: issues[0]?.ranks ?? [],
            evidence: [
              ...evidence('worst_bytes', lead?.label ?? 'memory', lead?.worst_bytes, 'bytes'),
              ...evidence('pressure', 'of the device', pressure, 'ratio'),
              ...evidence('skew', 'skew', lead?.skew_ratio, 'ratio'),
              ...evidence('trend', 'trend', lead?.trend?.label, null),
              ...evidence('steps', 'steps', primary.stepsUsed, 'count'),
            ],
          }),
    issues: drawn.length === 0 ? [] : issues.map(liveIssue),
    body: {
      metrics: all,
      device: metrics[0]?.device ?? rows.at(-1)?.device ?? null,
      capacity_bytes: known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b)),
      pressure_ratio: pressure,
    },
  }
}

/** Device memory by rank, where its process said so. @internal */
export function capacitiesOf(state: SessionState): Readonly<Record<string, number>> {
  const capacities: Record<string, number> = {}
  for (const rank of state.process.keys()) {
    const bytes = state.process.newest(rank)?.gpu_mem_total_bytes ?? null
    if (bytes !== null && bytes > 0) capacities[String(rank)] = bytes
  }
  return capacities
}

function gpuAvailable(state: SessionState): boolean | null {
  const newest: readonly (Pick<ProcessSampleRow, 'gpu_available'> | null)[] = [
    ...state.process.keys().map((rank) => state.process.newest(rank)),
    ...state.system.keys().map((key) => state.system.newest(key)),
  ]
  const said = newest.flatMap((row) => row?.gpu_available ?? [])
  return said.length === 0 ? null : said.some((value) => value > 0)
}

function metricOf(metric: StepMemoryMetric): LiveMemoryMetric {
  const from = Math.max(0, metric.steps.length - POINTS)
  return {
    key: metric.metric === 'peak_reserved' ? 'peak_reserved' : 'peak_allocated',
    label: LABELS[metric.metric] ?? metric.metric,
    median_bytes: metric.medianPeakBytes,
    worst_bytes: metric.worstPeakBytes,
    worst_rank: metric.worstRank,
    skew_ratio: metric.ranks.length < 2 ? null : metric.skewRatio,
    now_bytes: metric.worstBytes.at(-1) ?? null,
    trend: liveTrend(metric.worstBytes),
    series: {
      steps: metric.steps.slice(from),
      median_bytes: metric.medianBytes.slice(from),
      worst_bytes: metric.worstBytes.slice(from),
    },
  }
}

/** Live tensors of producers without a device that counts its peaks; null when there are none. */
function liveTensors(
  rows: readonly StepMemorySampleRow[],
  ranks: readonly number[],
): LiveMemoryMetric | null {
  const bySteps = new Map<number, Map<number, number>>()
  for (const { global_rank: rank, step, live_bytes: bytes } of rows) {
    if (rank === null || step === null || bytes === null) continue
    const known = bySteps.get(step)
    if (known === undefined) bySteps.set(step, new Map([[rank, bytes]]))
    else known.set(rank, bytes)
  }
  const measuring = new Set([...bySteps.values()].flatMap((known) => [...known.keys()]))
  const full = [...bySteps]
    .filter(([, known]) => known.size === measuring.size)
    .toSorted(([a], [b]) => a - b)
  if (full.length === 0) return null
  const values = full.map(([, known]) => Float64Array.from(known.values()))
  const worst = values.map((all) => all.reduce((a, b) => Math.max(a, b)))
  const peaks = ranks
    .filter((rank) => measuring.has(rank))
    .map((rank) => ({ rank, bytes: maxOf(full.map(([, known]) => known.get(rank) ?? null)) ?? 0 }))
  const top = peaks.reduce((most, one) => (one.bytes > most.bytes ? one : most))
  const middle = median(Float64Array.from(peaks, ({ bytes }) => bytes)) ?? top.bytes
  const from = Math.max(0, full.length - POINTS)
  return {
    key: 'live',
    label: 'live tensors',
    median_bytes: middle,
    worst_bytes: top.bytes,
    worst_rank: top.rank,
    skew_ratio: peaks.length < 2 || middle <= 0 ? null : (top.bytes - middle) / middle,
    now_bytes: worst.at(-1) ?? null,
    trend: liveTrend(worst),
    series: {
      steps: full.slice(from).map(([step]) => step),
      median_bytes: values.slice(from).map((all) => median(all)),
      worst_bytes: worst.slice(from),
    },
  }
}
