import type { SeriesLine, SummarySeries } from '@traceml/contracts'
import type { StepMemoryMetric } from '@traceml/diagnostics'
import { bucketColumn, bucketEdges, seriesLine } from '../shared/series.js'

/** Memory over the aligned steps; null without a step. */
export function stepMemorySeries(metrics: readonly StepMemoryMetric[]): SummarySeries | null {
  const [first] = metrics
  if (first === undefined) return null
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
