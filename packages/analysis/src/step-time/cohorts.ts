import type { TrainingStrategy } from '@traceml/contracts'
import { finiteRatio } from '../internal/ratio.js'
import { median } from '../statistics.js'
import type { StepTimeValues, StepValueKey } from './values.js'
import type { RankStepFacts, StepTimeWindow } from './window.js'

type Facts = readonly RankStepFacts[]

/** The parts of the window that compare ranks with each other. */
export type StepCohorts = Pick<
  StepTimeWindow,
  | 'stepRanks'
  | 'computeRanks'
  | 'stragglerRanks'
  | 'compositionRepresentativeRank'
  | 'inputWaitShare'
  | 'h2dShare'
  | 'computeShare'
  | 'residualShare'
>

/** Cohorts, typical shares and the representative of the composition. */
export function stepCohorts(facts: Facts, strategy: TrainingStrategy): StepCohorts {
  const positive = (value: number | null): boolean => (value ?? 0) > 0
  return {
    stepRanks: ranksWhere(facts, (average) => average.stepTimeMs !== null),
    computeRanks: ranksWhere(facts, (average) =>
      hasAll(average, ['stepTimeMs', 'forwardMs', 'backwardMs', 'optimizerStepMs']),
    ),
    stragglerRanks: ranksWhere(
      facts,
      (average) =>
        average.inputWaitMs !== null &&
        positive(average.stepTimeMs) &&
        positive(average.backwardMs) &&
        (strategy !== 'fsdp' || positive(average.forwardMs)),
    ),
    compositionRepresentativeRank: compositionRepresentative(facts),
    inputWaitShare: typicalShare(facts, 'inputWaitMs'),
    h2dShare: typicalShare(facts, 'h2dMs'),
    computeShare: typicalShare(facts, 'computeMs'),
    residualShare: typicalShare(facts, 'residualMs'),
  }
}

function ranksWhere(facts: Facts, matches: (average: StepTimeValues) => boolean): number[] {
  return facts.filter((rank) => matches(rank.average)).map((rank) => rank.globalRank)
}

function hasAll(average: StepTimeValues, keys: readonly StepValueKey[]): boolean {
  return keys.every((key) => average[key] !== null)
}

/** Median over ranks of value / step time: the typical rank, which one outlier does not move. */
function typicalShare(facts: Facts, key: StepValueKey): number | null {
  return median(
    facts.map(({ average }) => {
      const { stepTimeMs, [key]: value } = average
      return value === null || stepTimeMs === null || stepTimeMs <= 0
        ? null
        : finiteRatio(value, stepTimeMs)
    }),
  )
}

const COMPOSITION_KEYS = [
  'inputWaitMs',
  'forwardMs',
  'backwardMs',
  'optimizerStepMs',
  'residualMs',
] as const satisfies readonly StepValueKey[]

/** The complete rank nearest to the median traced step time; the lowest one of equals. */
function compositionRepresentative(facts: Facts): number | null {
  const needed = COMPOSITION_KEYS.filter((key) => facts.some((rank) => rank.average[key] !== null))
  const cohort = facts.filter((rank) => hasAll(rank.average, ['tracedStepTimeMs', ...needed]))
  const center = median(cohort.map((rank) => rank.average.tracedStepTimeMs))
  let best: number | null = null
  let bestDistance = Number.POSITIVE_INFINITY
  for (const { globalRank, average } of cohort) {
    const distance = Math.abs((average.tracedStepTimeMs ?? 0) - (center ?? 0))
    if (distance < bestDistance) {
      best = globalRank
      bestDistance = distance
    }
  }
  return best
}
