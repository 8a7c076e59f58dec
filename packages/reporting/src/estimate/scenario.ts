import { formatFixed } from '@traceml/analysis'
import type { StepTimeEstimate } from '@traceml/contracts'
import type { FindingView } from '../view/report-view.js'

/** Smaller gains, as a fraction of the step, are within what repeats of a run differ by. */
const MIN_SAVED_SHARE = 0.01

/** Milliseconds as they stand in the sentences of an estimate. */
export function milliseconds(value: number): string {
  return `${formatFixed(value, 1)} ms`
}

/** An estimate, or null when the numbers do not allow one or nothing worth naming is gained. */
export function estimateOf(options: {
  readonly finding: FindingView
  readonly scenario: string
  readonly stepMs: number | null
  readonly savedMs: number | null
  /** The sentences, from the step time that remains. */
  assumption(remainingMs: number): string
}): StepTimeEstimate | null {
  const { finding, stepMs, savedMs } = options
  if (stepMs === null || savedMs === null || !(stepMs > 0)) return null
  const saved = Math.min(savedMs, stepMs)
  if (saved < MIN_SAVED_SHARE * stepMs) return null
  return {
    finding: finding.kind ?? finding.status,
    scenario: options.scenario,
    step_time_ms: stepMs,
    estimated_step_time_ms: stepMs - saved,
    saved_ms: saved,
    saved_share: saved / stepMs,
    assumption: options.assumption(stepMs - saved),
  }
}
