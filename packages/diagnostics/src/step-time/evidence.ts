import { findStepMetric, type StepMetricKey, type StepTimeWindow } from '@traceml/analysis'
import { formatPercent } from '../shared/text.js'

/** Short texts beside the Step Time verdict; a key is absent when its value is not known. */
export type StepTimeEvidence = Readonly<
  Partial<Record<'window' | 'worst' | 'gap' | 'residual' | 'dominant', string>>
>

const COMPONENTS: readonly (readonly [StepMetricKey, string])[] = [
  ['input_wait', 'input wait'],
  ['forward', 'forward'],
  ['backward', 'backward'],
  ['optimizer_step', 'optimizer'],
  ['residual_proxy', 'residual'],
]

/**
 * What a card shows beside the verdict: steps used, worst rank, gap between ranks, residual share
 * and the largest component. Empty when the window has no step time.
 */
export function stepTimeEvidence(window: StepTimeWindow): StepTimeEvidence {
  const stepTime = findStepMetric(window, 'step_time')
  if (stepTime === null) return {}
  let dominant: string | null = null
  let longestMs = Number.NEGATIVE_INFINITY
  for (const [key, label] of COMPONENTS) {
    const medianMs = findStepMetric(window, key)?.medianMs ?? Number.NEGATIVE_INFINITY
    if (medianMs > longestMs) {
      dominant = label
      longestMs = medianMs
    }
  }
  return {
    window: String(window.coverage.stepsUsed),
    worst: `r${String(stepTime.worstRank)}`,
    gap: formatPercent(stepTime.skewRatio),
    residual: formatPercent(window.residualShare),
    ...(dominant === null ? {} : { dominant }),
  }
}
