import { formatFixed } from '@traceml/analysis'
import type { ComparableSummary, CompareMetricContext } from '@traceml/contracts'
import { comparisonClock, hasClockedStepTime, stepTimeOnClock } from './clock.js'
import type { CompareAnswer, ComparedSection, DominantShare } from './model.js'
import type { ComparePolicy } from './policy.js'
import { readAverage } from './read.js'
import { dominantPhase } from './sections/step-time-metrics.js'

/** Step time on the clock of the summary's own phases. */
function ownStepTime(summary: ComparableSummary): number | null {
  return hasClockedStepTime(summary) ? readAverage(summary, 'step_time', 'step_time_ms') : null
}

function dominantShare(summary: ComparableSummary): DominantShare | null {
  const dominant = dominantPhase(summary)
  if (dominant === null) return null
  const total = ownStepTime(summary)
  return {
    phase: dominant.phase,
    share: total === null || total <= 0 ? null : dominant.ms / total,
  }
}

function directionOf(percent: number | null, policy: ComparePolicy): CompareAnswer['direction'] {
  if (percent === null) return 'unknown'
  if (Math.abs(percent) < policy.stepTimePercent) return 'unchanged'
  return percent > 0 ? 'slower' : 'faster'
}

const OPENINGS: Readonly<Record<CompareAnswer['direction'], string>> = {
  slower: 'B is SLOWER than A',
  faster: 'B is FASTER than A',
  unchanged: 'B is as fast as A',
  unknown: 'Whether B is faster than A is unknown',
}

/** Answers "did it get better or worse, and by how much" from step time alone. */
export function answerOf(
  context: CompareMetricContext,
  stepTime: ComparedSection | undefined,
  policy: ComparePolicy,
): CompareAnswer {
  const clock = comparisonClock(context)
  const lhsMs = clock === null ? null : stepTimeOnClock(context.lhs, clock)
  const rhsMs = clock === null ? null : stepTimeOnClock(context.rhs, clock)
  const percent = stepTime?.metrics['step_time_ms']?.pct_change ?? null
  const direction = directionOf(percent, policy)
  const detail =
    lhsMs === null || rhsMs === null
      ? 'no step time on a clock that both runs measured'
      : `${formatFixed(lhsMs, 1)} ms -> ${formatFixed(rhsMs, 1)} ms a step${
          percent === null ? '' : `, ${formatFixed(percent, 1, { sign: true })}%`
        }`
  return {
    direction,
    lhs_ms: lhsMs,
    rhs_ms: rhsMs,
    pct_change: percent,
    clock,
    dominant: { lhs: dominantShare(context.lhs), rhs: dominantShare(context.rhs) },
    sentence: `${OPENINGS[direction]}: ${detail}.`,
  }
}
