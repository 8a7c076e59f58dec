import type { ComparedMetric, StepClock } from '@traceml/contracts'
import type {
  ComparedSection,
  ComparedText,
  CompareFinding,
  MetricState,
  PrimaryAvailability,
} from '../model.js'

/** Published: a change of step time of at least this many percent counts. Inclusive. */
export const STEP_TIME_PERCENT = 3
/** Published: the same for peak reserved memory. */
export const MEMORY_PERCENT = 10

/** What a verdict rule may look at: values of the document, nothing else. */
export interface VerdictContext {
  readonly availability: PrimaryAvailability
  readonly stepTimeState: MetricState
  readonly memoryState: MetricState
  readonly residualState: MetricState
  /** Percent change of step time, null when it cannot be stated. */
  readonly stepTimePercent: number | null
  readonly memoryPercent: number | null
  readonly clock: StepClock | null
  readonly stepTimeDiagnosis: ComparedText
  readonly memoryDiagnosis: ComparedText
}

/** One rule of the verdict: pure, returns its finding or null. */
export interface VerdictRule {
  readonly id: string
  evaluate(context: VerdictContext): CompareFinding | null
}

/** Which sides have a number. */
function metricState(metric: ComparedMetric | undefined): MetricState {
  const present = [metric?.lhs ?? null, metric?.rhs ?? null].filter((value) => value !== null)
  if (present.length === 2) return 'comparable'
  return present.length === 1 ? 'missing_one_side' : 'missing_both'
}

function primaryAvailability(states: readonly MetricState[]): PrimaryAvailability {
  const comparable = states.filter((state) => state === 'comparable').length
  if (comparable === 0) return 'insufficient'
  return comparable === states.length ? 'comparable' : 'partial'
}

const NO_TEXT: ComparedText = { lhs: null, rhs: null, changed: false }

/** Collects what the rules need from the compared sections. */
export function verdictContext(
  sections: Readonly<Record<string, ComparedSection>>,
): VerdictContext {
  const stepTime = sections['step_time']
  const memory = sections['step_memory']
  const stepTimeMetric = stepTime?.metrics['step_time_ms']
  const memoryMetric = memory?.metrics['peak_reserved_bytes']
  const stepTimeState = metricState(stepTimeMetric)
  const memoryState = metricState(memoryMetric)
  return {
    availability: primaryAvailability([stepTimeState, memoryState]),
    stepTimeState,
    memoryState,
    residualState: metricState(stepTime?.metrics['residual_ms']),
    stepTimePercent: stepTimeMetric?.pct_change ?? null,
    memoryPercent: memoryMetric?.pct_change ?? null,
    clock: stepTime?.comparison_clock ?? null,
    stepTimeDiagnosis: stepTime?.diagnosis ?? NO_TEXT,
    memoryDiagnosis: memory?.diagnosis ?? NO_TEXT,
  }
}
