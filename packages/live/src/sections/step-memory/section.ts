import type { LiveMemoryMetric, LiveStepMemoryBody } from '@traceml/contracts'
import { diagnoseAlignedStepMemory, type StepMemoryMetric } from '@traceml/diagnostics'
import { MEMORY_SLOT, type RankState } from '../../rank-state.js'
import type { SessionState } from '../../session-state.js'
import { liveTrend } from '../../trend.js'
import { evidence, liveIssue, sectionVerdict } from '../../verdicts/section-verdict.js'
import type { SectionResult } from '../result.js'
import { maxOf } from '../spread.js'
import { alignMemory } from './align.js'

const POINTS = 100
const LABELS = {
  peak_allocated: 'peak allocated',
  peak_reserved: 'peak reserved',
  live: 'live tensors',
} as const

/** What the memory of the newest steps says; null before the first. @internal */
export function stepMemorySection(
  state: SessionState,
  ranks: readonly RankState[],
): SectionResult<LiveStepMemoryBody> | null {
  const metrics = [
    alignMemory('peak_allocated', MEMORY_SLOT.allocated, ranks),
    alignMemory('peak_reserved', MEMORY_SLOT.reserved, ranks),
  ].filter((metric) => metric !== null)
  const live = alignMemory('live', MEMORY_SLOT.live, ranks)
  if (metrics.length === 0 && live === null) return null
  const capacities = capacitiesOf(state)
  const known = Object.values(capacities)
  const { primary, issues, signals } = diagnoseAlignedStepMemory(metrics, {
    gpuTotalBytes: maxOf(known),
    gpuTotalBytesByRank: capacities,
  })
  const drawn = [
    ...metrics.toSorted(
      (a, b) => Number(b.metric === primary.metric) - Number(a.metric === primary.metric),
    ),
    ...(live === null ? [] : [live]),
  ].map(metricOf)
  const pressure = maxOf(signals.map(({ pressureRatio }) => pressureRatio))
  const [lead] = drawn
  const body: LiveStepMemoryBody = {
    metrics: drawn,
    device: metrics[0]?.device ?? live?.device ?? null,
    capacity_bytes: known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b)),
    pressure_ratio: pressure,
  }
  // Without the peaks of a device there is nothing that this domain judges.
  if (metrics.length === 0) return { verdict: null, issues: [], body }
  return {
    verdict: sectionVerdict('step_memory', primary, {
      ranks: issues[0]?.ranks ?? [],
      evidence: [
        ...evidence('worst_bytes', lead?.label ?? 'memory', lead?.worst_bytes, 'bytes'),
        ...evidence('pressure', 'of the device', pressure, 'ratio'),
        ...evidence('skew', 'skew', lead?.skew_ratio, 'ratio'),
        ...evidence('trend', 'trend', lead?.trend?.label, null),
        ...evidence('steps', 'steps', primary.stepsUsed, 'count'),
      ],
    }),
    issues: issues.map(liveIssue),
    body,
  }
}

/** Device memory by rank, where its process said so. */
function capacitiesOf(state: SessionState): Readonly<Record<string, number>> {
  const capacities: Record<string, number> = {}
  for (const rank of state.processes.keys()) {
    const bytes = state.processes.newest(rank)?.gpu_mem_total_bytes ?? null
    if (bytes !== null && bytes > 0) capacities[String(rank)] = bytes
  }
  return capacities
}

function metricOf(metric: StepMemoryMetric): LiveMemoryMetric {
  const from = Math.max(0, metric.steps.length - POINTS)
  const key =
    metric.metric === 'live' || metric.metric === 'peak_reserved' ? metric.metric : 'peak_allocated'
  return {
    key,
    label: LABELS[key],
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
