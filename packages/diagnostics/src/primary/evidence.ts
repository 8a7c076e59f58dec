import type { Evidence, JsonObject } from '@traceml/contracts'
import {
  ATOMIC_STRAGGLERS,
  compareRanks,
  metricOfStraggler,
  metricsOfStragglers,
} from './compare-ranks.js'
import { integerOf, numberOf, type Part, partAt, roundedOf, scalarOf, textOf } from './read.js'

/** The two sections that the run's verdict is made from, and its diagnosis of step time. */
export interface PrimarySections {
  readonly stepTime: Part
  readonly system: Part
  /** `step_time.diagnosis`; empty when there is none. */
  readonly diagnosis: Part
}

const stepsOf = ({ stepTime }: PrimarySections): number | null =>
  integerOf(partAt(stepTime, 'global', 'window')['steps_analyzed'])

const gpuUtilOf = ({ system }: PrimarySections): number | null =>
  roundedOf(partAt(system, 'global', 'average')['gpu_util_percent'])

/** Where a step's time goes, on average over ranks. */
export function phaseShareEvidence(sections: PrimarySections): Evidence {
  const score = numberOf(sections.diagnosis['score'])
  const evidence = phaseAverages(sections, 'phase_share')
  if (score === null) return evidence
  return {
    ...evidence,
    score,
    score_basis: 'median_per_rank_step_time_share',
    score_denominator: 'selected-clock Step Time per rank',
  }
}

/** How far apart the ranks are. */
export function rankComparisonEvidence(sections: PrimarySections): Evidence {
  const { stepTime, diagnosis } = sections
  const issues = Array.isArray(stepTime['issues']) ? stepTime['issues'] : []
  const isAtomic = ATOMIC_STRAGGLERS.includes(textOf(diagnosis['kind'], ''))
  const comparison: JsonObject = isAtomic
    ? compareRanks(stepTime, metricOfStraggler(diagnosis))
    : { comparisons: metricsOfStragglers(issues).map((name) => compareRanks(stepTime, name)) }
  const evidence = {
    type: 'rank_comparison',
    steps_analyzed: stepsOf(sections),
    gpu_util_avg_percent: gpuUtilOf(sections),
    ...comparison,
  }
  const score = numberOf(diagnosis['score'])
  if (score === null) return evidence
  const numbers = partAt(diagnosis, 'evidence')
  return {
    ...evidence,
    score,
    score_basis: 'visible_cost_ms / victim_step_time_ms',
    score_numerator_ms: numberOf(numbers['visible_cost_ms']),
    score_denominator_ms: numberOf(numbers['step_time_ms']),
  }
}

/** Too little was measured. */
export function insufficientDataEvidence(sections: PrimarySections): Evidence {
  return {
    type: 'insufficient_data',
    step_time_status: textOf(sections.diagnosis['status'], 'NO DATA'),
    steps_analyzed: stepsOf(sections),
    gpu_util_avg_percent: gpuUtilOf(sections),
  }
}

/** Step time is balanced and the GPU is not busy. */
export function utilizationFallbackEvidence(sections: PrimarySections): Evidence {
  return {
    type: 'utilization_fallback',
    gpu_util_avg_percent: gpuUtilOf(sections),
    step_time_status: textOf(sections.diagnosis['status'], 'BALANCED'),
    steps_analyzed: stepsOf(sections),
  }
}

/** Nothing stands out. */
export function noBottleneckEvidence(sections: PrimarySections): Evidence {
  return {
    ...phaseAverages(sections, 'no_clear_bottleneck'),
    step_time_status: textOf(sections.diagnosis['status'], 'BALANCED'),
  }
}

function phaseAverages(sections: PrimarySections, type: string): Evidence {
  const average = partAt(sections.stepTime, 'global', 'average')
  const window = partAt(sections.stepTime, 'global', 'window')
  return {
    type,
    basis: 'average',
    steps_analyzed: stepsOf(sections),
    step_time_ms: roundedOf(average['step_time_ms']),
    traced_step_time_ms: roundedOf(average['traced_step_time_ms']),
    diagnosis_clock: scalarOf(window['diagnosis_clock']),
    dataloader_fetch_cpu_ms: roundedOf(average['dataloader_fetch_cpu_ms']),
    input_wait_ms: roundedOf(average['input_wait_ms']),
    h2d_ms: roundedOf(average['h2d_ms']),
    compute_ms: roundedOf(average['compute_ms']),
    residual_ms: roundedOf(average['residual_ms']),
    gpu_util_avg_percent: gpuUtilOf(sections),
  }
}
