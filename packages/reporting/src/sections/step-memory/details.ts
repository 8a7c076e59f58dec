import type {
  RankMemoryColumns,
  SeriesLine,
  StepMemoryColumns,
  StepMemoryWindow,
  SummarySeries,
} from '@traceml/contracts'
import type { StepMemoryMetric } from '@traceml/diagnostics'
import { bucketColumn, bucketEdges, seriesLine } from '../shared/series.js'

/**
 * Memory over the steps: peaks of the device's allocator over the aligned steps, or, where there is
 * no such counter, the live tensors when each step ended. Null without either.
 */
export function stepMemorySeries(
  metrics: readonly StepMemoryMetric[],
  memory: StepMemoryWindow | StepMemoryColumns,
): SummarySeries | null {
  const [first] = metrics
  if (first === undefined) return 'ranks' in memory ? liveSeries(memory.ranks) : null
  const edges = bucketEdges(first.steps.length)
  const lines: Record<string, SeriesLine> = {}
  for (const { metric, ranks } of metrics) {
    const rows = ranks.map((rank) => bucketColumn(rank.seriesBytes, edges))
    const line = seriesLine(rows, { worst: true, extremes: true })
    if (line !== null) lines[`${metric}_bytes`] = line
  }
  const at = Array.from(edges.subarray(0, -1), (position) => first.steps[position] as number)
  return { axis: 'step', at, lines }
}

/** Of the first rank that has them: ranks of such producers share no memory and rarely a step. */
function liveSeries(ranks: readonly RankMemoryColumns[]): SummarySeries | null {
  const rank = ranks.find(({ liveBytes }) => liveBytes.some((bytes) => !Number.isNaN(bytes)))
  if (rank === undefined) return null
  const edges = bucketEdges(rank.steps.length)
  const columns = [
    ['live_bytes', rank.liveBytes],
    ['live_tensor_count', rank.liveTensorCount],
  ] as const
  const lines: Record<string, SeriesLine> = {}
  for (const [name, column] of columns) {
    const line = seriesLine([bucketColumn(column, edges)], { extremes: true })
    if (line !== null) lines[name] = line
  }
  const at = Array.from(edges.subarray(0, -1), (position) => rank.steps[position] as number)
  return { axis: 'step', at, lines }
}
