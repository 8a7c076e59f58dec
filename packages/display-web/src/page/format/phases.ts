import { LIVE_PHASES, type LivePhase } from '@traceml/contracts'

/** A part of a step as it is drawn. */
export interface PhaseStyle {
  readonly key: LivePhase
  readonly label: string
  /** Name of its colour in the style sheet. */
  readonly colour: string
}

const STYLES: Readonly<Record<LivePhase, Omit<PhaseStyle, 'key'>>> = {
  input_wait: { label: 'Input wait', colour: 'input' },
  h2d: { label: 'H2D copy', colour: 'h2d' },
  forward: { label: 'Forward', colour: 'forward' },
  backward: { label: 'Backward', colour: 'backward' },
  optimizer_step: { label: 'Optimizer', colour: 'optimizer' },
  residual: { label: 'Residual', colour: 'residual' },
}

/** In the order in which a step runs; the same everywhere. */
export const PHASES: readonly PhaseStyle[] = LIVE_PHASES.map((key) => ({ key, ...STYLES[key] }))
