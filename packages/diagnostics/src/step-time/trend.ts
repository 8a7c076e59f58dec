import { analyzeTrend, trendLabel } from '@traceml/analysis'
import type { StepTimeContext } from './context.js'
import type { StepTimePolicy } from './policy.js'

/** How the time behind a verdict develops within the window. */
export interface StepTimeTrend {
  readonly metric: 'input_wait' | 'step_time' | 'residual_proxy'
  readonly state: 'worsening' | 'improving' | 'rising'
  /** (recent − early) / early, a fraction. */
  readonly ratio: number
  /** Label with an arrow, for example `↑ +12.3%`. */
  readonly text: string
}

/** The series that belongs to a verdict; kinds that are not listed have no trend. */
const SERIES: Readonly<Record<string, StepTimeTrend['metric']>> = {
  INPUT_BOUND: 'input_wait',
  INPUT_STRAGGLER: 'input_wait',
  COMPUTE_BOUND: 'step_time',
  COMPUTE_STRAGGLER: 'step_time',
  H2D_STRAGGLER: 'step_time',
  STRAGGLER: 'step_time',
  RESIDUAL_HEAVY: 'residual_proxy',
  BALANCED: 'step_time',
}

const NAMES: Readonly<Record<StepTimeTrend['metric'], string>> = {
  input_wait: 'Input wait',
  step_time: 'Step time',
  residual_proxy: 'Residual time',
}

/** The trend worth saying beside a verdict of that kind, or null. */
export function stepTimeTrend(
  kind: string,
  context: StepTimeContext,
  policy: StepTimePolicy,
): StepTimeTrend | null {
  const metric = SERIES[kind]
  const { minSteps, deadbandRatio } = policy.trend
  if (metric === undefined || context.window.coverage.stepsUsed < minSteps) return null
  const ratio = trendRatio(metric, context)
  const state = ratio === null ? null : trendState(kind, ratio, context, policy)
  if (ratio === null || state === null) return null
  return { metric, state, ratio, text: trendLabel(ratio, deadbandRatio) }
}

/** One sentence for the note of a verdict. */
export function trendSentence({ metric, state, text }: StepTimeTrend): string {
  return `${NAMES[metric]} is ${state}: ${text} against the early part of the window.`
}

function trendRatio(metric: StepTimeTrend['metric'], context: StepTimeContext): number | null {
  const { inputWaitShare, residualShare } = context.window
  if (metric === 'input_wait' && inputWaitShare === null) return null
  if (metric === 'residual_proxy' && residualShare === null) return null
  const series = context.metric(metric)?.series
  if (!series) return null
  const values = context.isSingleRank ? series.worst : series.median
  return analyzeTrend(Array.from(values))?.ratioVsBaseline ?? null
}

function trendState(
  kind: string,
  ratio: number,
  { window }: StepTimeContext,
  policy: StepTimePolicy,
): StepTimeTrend['state'] | null {
  const { worseningRatio, improvingRatio, nearWarningFraction } = policy.trend
  const isWorsening = ratio >= worseningRatio
  if (kind === 'BALANCED') {
    const near = policy.overheadShareWarn * nearWarningFraction
    const isNear = [window.residualShare, window.inputWaitShare].some(
      (share) => share !== null && share >= near,
    )
    return isWorsening && isNear ? 'rising' : null
  }
  if (isWorsening) return 'worsening'
  return ratio <= improvingRatio ? 'improving' : null
}
