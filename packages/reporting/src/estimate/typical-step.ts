import { median } from '@traceml/analysis'
import { numberOf, partAt } from '../view/parts.js'
import type { FindingView, SectionView } from '../view/report-view.js'

/** The median of a metric over the rows of a section; of a section without rows, its average. */
export function typicalOf(section: SectionView, metric: string): number | null {
  const values = section.rows
    .map((row) => row.metrics[metric] ?? null)
    .filter((value) => value !== null)
  return values.length === 0 ? (section.average[metric] ?? null) : median(values)
}

/**
 * Milliseconds of a typical step among those that a finding was made from: a robust verdict leaves
 * warm-up and isolated slow steps out, and says how many and how much of the time they took.
 */
export function steadyStepMs(section: SectionView, finding: FindingView): number | null {
  const stated = numberOf(finding.evidence['step_time_ms'])
  if (stated !== null) return stated
  const overall = typicalOf(section, 'step_time_ms')
  const excluded = partAt(finding.evidence, 'excluded_steps')
  const timeShare = numberOf(excluded['time_share'])
  const steps = section.stepsAnalyzed
  if (overall === null || timeShare === null || steps === null) return overall
  const left =
    steps - (numberOf(excluded['warmup_steps']) ?? 0) - (numberOf(excluded['outlier_steps']) ?? 0)
  return left > 0 ? (overall * (1 - timeShare) * steps) / left : overall
}
