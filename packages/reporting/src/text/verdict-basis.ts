import { formatFixed } from '@traceml/analysis'
import type { SectionPayload } from '@traceml/contracts'

/** What a robust verdict says about itself; every part null or 0 when the verdict does not say. */
interface VerdictBasis {
  readonly confidence: number | null
  readonly warmupSteps: number
  readonly outlierSteps: number
  /** Fraction of the window's time in the steps that were left out. */
  readonly timeShare: number | null
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function basisOf(section: SectionPayload): VerdictBasis {
  const { confidence, excluded_steps: excluded } = section.diagnosis.evidence
  const parts = (typeof excluded === 'object' && excluded !== null ? excluded : {}) as Readonly<
    Record<string, unknown>
  >
  return {
    confidence: numberOf(confidence),
    warmupSteps: numberOf(parts['warmup_steps']) ?? 0,
    outlierSteps: numberOf(parts['outlier_steps']) ?? 0,
    timeShare: numberOf(parts['time_share']),
  }
}

/**
 * Sentences on how sure the step-time verdict is, and which steps it left out. Empty when the
 * verdict says neither, as compatible ones do.
 */
export function verdictBasis(section: SectionPayload): readonly string[] {
  const { confidence, warmupSteps, outlierSteps, timeShare } = basisOf(section)
  const left = [
    ...(warmupSteps > 0 ? [`${warmupSteps} warm-up`] : []),
    ...(outlierSteps > 0 ? [`${outlierSteps} isolated slow`] : []),
  ]
  const steps = warmupSteps + outlierSteps === 1 ? 'step' : 'steps'
  const share = timeShare === null ? '' : `, ${formatFixed(100 * timeShare, 1)}% of the time`
  return [
    ...(confidence === null ? [] : [`Confidence: ${formatFixed(100 * confidence, 0)}%`]),
    ...(left.length === 0
      ? []
      : [`Left out of the verdict, not of the table: ${left.join(' and ')} ${steps}${share}.`]),
  ]
}
