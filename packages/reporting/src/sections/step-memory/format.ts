import { formatFixed } from '@traceml/analysis'
import type { StepMemoryMetric } from '@traceml/diagnostics'
import { cardCount, cardMemory } from '../shared/card-text.js'
import type { StepMemoryReport } from './model.js'

/** The metric that the diagnosis is about, else reserved memory. */
function shownMetric(report: StepMemoryReport): StepMemoryMetric | null {
  const named = report.metrics.find(({ metric }) => metric === report.primary.metric)
  return named ?? report.metrics.find(({ metric }) => metric === 'peak_reserved') ?? null
}

function statsText(metric: StepMemoryMetric | null): string {
  if (metric === null) return 'n/a'
  const label = metric.metric === 'peak_allocated' ? 'allocated' : 'reserved'
  const peak = `${label} peak ${cardMemory(metric.worstPeakBytes)}`
  if (metric.ranks.length <= 1) return peak
  return `${peak} on r${metric.worstRank}, ${formatFixed(metric.skewRatio * 100, 1)}% above the median rank`
}

/** The section's text card: presentation only, not to be parsed. */
export function formatStepMemoryCard(report: StepMemoryReport): string {
  const [diagnosis] = report.issues
  const metric = shownMetric(report)
  const scope =
    metric === null
      ? `latest step ${report.latestStep ?? 'n/a'}`
      : cardCount(metric.stepsUsed, 'aligned step', 'aligned steps')
  return [
    `Step Memory | latest step ${report.latestStep ?? 'n/a'} | ${cardCount(report.ranksSeen, 'rank', 'ranks')} seen`,
    `- Diagnosis: ${diagnosis?.status ?? 'NO DATA'}`,
    `- Scope: ${scope}`,
    `- Stats: ${statsText(metric)}`,
    `- Why: ${diagnosis?.summary ?? 'n/a'}`,
  ].join('\n')
}
