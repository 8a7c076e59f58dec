import type { StepMetricKey, StepTimeWindow } from '@traceml/analysis'
import { findStepMetric, formatFixed } from '@traceml/analysis'
import { cardCount } from '../shared/card-text.js'
import type { StepTimeReport } from './model.js'

const CARD_METRICS: readonly (readonly [StepMetricKey, string])[] = [
  ['step_time', 'step time'],
  ['input_wait', 'input wait'],
  ['h2d', 'H2D'],
  ['compute', 'compute'],
  ['residual_proxy', 'residual'],
]

function milliseconds(value: number): string {
  return `${formatFixed(value, 1)}ms`
}

function metricText(
  window: StepTimeWindow,
  key: StepMetricKey,
  label: string,
  single: boolean,
): string {
  const metric = findStepMetric(window, key)
  if (metric === null) return `${label} n/a`
  if (single) return `${label} ${milliseconds(metric.worstMs)}`
  return `${label} ${milliseconds(metric.medianMs)}/${milliseconds(metric.worstMs)} (worst r${metric.worstRank})`
}

function scopeText(report: StepTimeReport): string {
  const { rankFacts, steps } = report.window
  const latest = report.snapshot.cursor.latestStep
  if (rankFacts.length === 0) return `latest step ${latest ?? 'n/a'}`
  const [first] = rankFacts
  return rankFacts.length === 1 && first !== undefined
    ? `${steps.length} steps of r${first.globalRank}`
    : `${steps.length} steps that all ${rankFacts.length} ranks have in common`
}

/** The section's text card: presentation only, not to be parsed. */
export function formatStepTimeCard(report: StepTimeReport): string {
  const single = report.window.rankFacts.length <= 1
  const [diagnosis] = report.issues
  const stats = CARD_METRICS.map(([key, label]) => metricText(report.window, key, label, single))
  return [
    `Step Time | latest step ${report.snapshot.cursor.latestStep ?? 'n/a'} | ${cardCount(report.ranksSeen, 'rank', 'ranks')} seen`,
    `- Diagnosis: ${diagnosis?.status ?? 'NO DATA'}`,
    `- Scope: ${scopeText(report)}`,
    `- Stats${single ? '' : ' (median/worst)'}: ${stats.join(', ')}`,
    `- Why: ${diagnosis?.summary ?? 'n/a'}`,
  ].join('\n')
}
