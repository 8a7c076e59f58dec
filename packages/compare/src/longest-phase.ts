import type { ComparableSummary } from '@traceml/contracts'
import { hasClockedStepTime } from './clock.js'
import type { DominantShare } from './model.js'
import { readAverage } from './read.js'
import { dominantPhase } from './sections/step-time-metrics.js'

/** The longest phase of a run and its share of the step, on the clock of its own phases. */
export function longestPhase(summary: ComparableSummary): DominantShare | null {
  const dominant = dominantPhase(summary)
  if (dominant === null) return null
  const total = hasClockedStepTime(summary)
    ? readAverage(summary, 'step_time', 'step_time_ms')
    : null
  return {
    phase: dominant.phase,
    share: total === null || total <= 0 ? null : dominant.ms / total,
  }
}
