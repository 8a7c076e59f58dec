import { roundHalfEven } from '@traceml/analysis'
import type { JsonObject } from '@traceml/contracts'
import { integerOf, type Part, partAt, roundedOf, textOf } from './read.js'

/** Which metric of the step-time section a straggler is shown by. */
export interface ComparedMetricName {
  readonly metric: string
  readonly phase: string
}

/** Kinds of stragglers whose cause is known. */
export const ATOMIC_STRAGGLERS: readonly string[] = [
  'INPUT_STRAGGLER',
  'COMPUTE_STRAGGLER',
  'H2D_STRAGGLER',
]

/** Shown for a straggler whose cause is not known. */
const ALL_METRICS: readonly ComparedMetricName[] = [
  { metric: 'input_wait_ms', phase: 'input' },
  { metric: 'compute_ms', phase: 'compute' },
  { metric: 'h2d_ms', phase: 'h2d' },
  { metric: 'residual_ms', phase: 'residual' },
]

const COMPUTE_PHASES: readonly string[] = ['forward', 'backward', 'optimizer']

/** Returns the metric that shows a straggler of known cause. */
export function metricOfStraggler(issue: Part): ComparedMetricName {
  const phase = textOf(issue['phase'], '')
  const metric = metricNameOf(textOf(issue['kind'], ''), phase)
  return { metric, phase: phase === '' ? metric.replace(/_ms$/, '') : phase }
}

/** Returns the metrics that show a straggler of unknown cause: those of the known ones, or all. */
export function metricsOfStragglers(issues: readonly unknown[]): readonly ComparedMetricName[] {
  const found: ComparedMetricName[] = []
  for (const issue of issues) {
    const part = partAt({ issue }, 'issue')
    if (!ATOMIC_STRAGGLERS.includes(textOf(part['kind'], ''))) continue
    const name = metricOfStraggler(part)
    if (!found.some((known) => known.metric === name.metric)) found.push(name)
  }
  return found.length === 0 ? ALL_METRICS : found
}

/**
 * Returns the median rank beside the worst rank of one metric, in rounded milliseconds.
 *
 * @param stepTime - The payload of the step-time section.
 */
export function compareRanks(stepTime: Part, { metric, phase }: ComparedMetricName): JsonObject {
  const median = pointOf(partAt(stepTime, 'global', 'median', metric))
  const worst = pointOf(partAt(stepTime, 'global', 'worst', metric))
  const [low, high] = [median.value_ms, worst.value_ms]
  const isKnown = low !== null && high !== null
  return {
    metric,
    phase,
    median,
    worst,
    delta_ms: isKnown ? roundHalfEven(high - low, 3) : null,
    ratio: isKnown && low > 0 ? roundHalfEven(high / low, 3) : null,
  }
}

function metricNameOf(kind: string, phase: string): string {
  if (kind === 'INPUT_STRAGGLER') return 'input_wait_ms'
  if (kind === 'H2D_STRAGGLER') return 'h2d_ms'
  return COMPUTE_PHASES.includes(phase) ? `${phase}_ms` : 'compute_ms'
}

function pointOf(point: Part): { readonly rank: number | null; readonly value_ms: number | null } {
  return { rank: integerOf(point['idx']), value_ms: roundedOf(point['value']) }
}
