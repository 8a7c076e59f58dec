import { findStepMetric, type StepTimeWindow } from '@traceml/analysis'

/** A signal that the verdict may lack. */
export type StepTimeSignal =
  | 'input_wait'
  | 'forward'
  | 'backward'
  | 'optimizer_step'
  | 'traced_step_time'

/** Signals that can be missing, in their fixed order. H2D need not happen, so it is none. */
const SIGNALS: readonly StepTimeSignal[] = [
  'input_wait',
  'forward',
  'backward',
  'optimizer_step',
  'traced_step_time',
]

/** A signal that the diagnosis needs and that not every rank measured. */
export interface MissingSignal {
  readonly signal: StepTimeSignal
  readonly measuredRankCount: number
  readonly expectedRankCount: number
}

/** Signals whose absence keeps a rule from judging; in the fixed order. */
export function missingSignals(window: StepTimeWindow): readonly MissingSignal[] {
  const expected = window.expectedRanks.length
  const ranks = window.rankFacts
  if (expected === 0) return []
  const needed = new Set<StepTimeSignal>()
  const need = (condition: boolean, signals: readonly StepTimeSignal[]): void => {
    if (condition) for (const signal of signals) needed.add(signal)
  }
  const lacksComparison = expected > 1 && window.stragglerRanks.length < 2
  need(ranks.length < expected, SIGNALS)
  need(window.inputWaitShare === null, ['input_wait', 'traced_step_time'])
  need(window.computeShare === null || window.residualShare === null, SIGNALS)
  need(lacksComparison, ['backward', 'input_wait', 'traced_step_time'])
  need(lacksComparison && window.trainingStrategy === 'fsdp', ['forward'])
  return SIGNALS.filter((signal) => needed.has(signal))
    .map((signal) => ({
      signal,
      measuredRankCount: measuredRanks(window, signal),
      expectedRankCount: expected,
    }))
    .filter(({ measuredRankCount }) => measuredRankCount < expected)
}

const VALUE_KEYS = {
  input_wait: 'inputWaitMs',
  forward: 'forwardMs',
  backward: 'backwardMs',
  optimizer_step: 'optimizerStepMs',
  traced_step_time: 'tracedStepTimeMs',
} as const

function measuredRanks(window: StepTimeWindow, signal: StepTimeSignal): number {
  if (findStepMetric(window, signal) === null) return 0
  return window.rankFacts.filter(({ average }) => average[VALUE_KEYS[signal]] !== null).length
}
