import { formatFixed } from '@traceml/analysis'

/** What is said about a verdict that is not the step-time section's own. */
export interface PrimaryText {
  readonly summary: string
  readonly action: string
}

/** Signals are missing. */
export const INCOMPLETE_DATA_TEXT: PrimaryText = {
  summary: 'Step timing lacks signals that a verdict needs; the step_time section lists them.',
  action: 'Instrument the missing signals named under missing_signals of the step_time section.',
}

/** No steps, or hardly any. */
export const TOO_FEW_STEPS_TEXT: PrimaryText = {
  summary: 'Too few steps were timed for a verdict.',
  action: 'Run longer, and check that the training loop is traced.',
}

/** Nothing stands out. */
export const NO_BOTTLENECK_TEXT: PrimaryText = {
  summary: 'No clear performance bottleneck was found.',
  action: 'Compare with another run, or profile the training step for finer detail.',
}

/** The GPU waits and step time does not say for what. */
export function unexplainedUtilizationText(utilPercent: number | null): PrimaryText {
  const average = utilPercent === null ? '' : ` (${formatFixed(utilPercent, 1)}% on average)`
  return {
    summary: `The GPU was not filled${average}, and step timing does not explain why.`,
    action: 'Try a larger batch or fewer, larger kernels, and profile the GPU timeline.',
  }
}
