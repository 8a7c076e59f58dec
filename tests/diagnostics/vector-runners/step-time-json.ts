import {
  type DecodedStepRow,
  type PhaseClocks,
  parseTrainingStrategy,
  type RankStepFacts,
  STEP_VALUE_KEYS,
  type StepTimeValues,
  type StepTimeWindow,
  stepTimeSnapshotFromRows,
} from '@traceml/analysis'
import { PHASES, type Phase, type StepTimeSnapshot } from '@traceml/contracts'

type Clock = Readonly<Partial<Record<Phase, number | readonly (number | null)[] | null>>>

/** Input of one case of `step_time.json`. */
export interface StepTimeCaseInput {
  readonly window_size: number
  readonly lookback_factor: number
  readonly rank_filter: readonly number[] | null
  readonly training_strategy: string | null
  readonly declared_ranks: readonly number[]
  readonly ranks: readonly {
    readonly rank: number
    readonly steps: readonly number[] | { readonly from: number; readonly to: number }
    readonly cpu?: Clock
    readonly gpu?: Clock
  }[]
}

function stepList(steps: StepTimeCaseInput['ranks'][number]['steps']): readonly number[] {
  if ('from' in steps) {
    return Array.from({ length: steps.to - steps.from + 1 }, (_, i) => steps.from + i)
  }
  return steps
}

function valueAt(clock: Clock | undefined, phase: Phase, index: number): number | null {
  const value = clock?.[phase] ?? null
  return typeof value === 'object' && value !== null ? (value[index] ?? null) : value
}

/** The snapshot that a store holding the case's rows would hand out. */
export function caseSnapshot(input: StepTimeCaseInput): StepTimeSnapshot {
  const rows: DecodedStepRow[] = []
  for (const rank of input.ranks) {
    for (const [i, step] of stepList(rank.steps).entries()) {
      const metrics: Partial<Record<Phase, PhaseClocks>> = {}
      for (const phase of PHASES) {
        const cpuMs = valueAt(rank.cpu, phase, i)
        const gpuMs = valueAt(rank.gpu, phase, i)
        if (cpuMs !== null || gpuMs !== null) metrics[phase] = { cpuMs, gpuMs }
      }
      rows.push({ sourceId: rows.length + 1, globalRank: rank.rank, step, metrics })
    }
  }
  return stepTimeSnapshotFromRows(rows, {
    knownRanks: input.declared_ranks,
    request: {
      windowSize: input.window_size,
      lookbackFactor: input.lookback_factor,
      rankFilter: input.rank_filter,
    },
    trainingStrategy: parseTrainingStrategy(input.training_strategy),
  })
}

const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)

/** The 14 values under their public names. */
function valuesJson(values: StepTimeValues): Record<string, number | null> {
  return Object.fromEntries(STEP_VALUE_KEYS.map((key) => [snakeCase(key), values[key]]))
}

function seriesJson(window: StepTimeWindow): Record<string, unknown> {
  return Object.fromEntries(
    window.metrics.flatMap(({ metric, series }) =>
      series === null
        ? []
        : [[metric, { median: [...series.median], worst: [...series.worst] }] as const],
    ),
  )
}

/** A window in the shape of `step_time.json`; steps and series only for windows of up to 6 steps. */
export function windowSummaryJson(window: StepTimeWindow): Record<string, unknown> {
  const { coverage, steps } = window
  const isShort = coverage.stepsUsed > 0 && coverage.stepsUsed <= 6
  return {
    clock: window.clock,
    steps_used: coverage.stepsUsed,
    first_step: steps[0] ?? null,
    last_step: steps[steps.length - 1] ?? null,
    expected_steps: coverage.expectedSteps,
    world_size: coverage.worldSize,
    ranks_present: coverage.ranksPresent,
    expected_ranks: window.expectedRanks,
    step_ranks: window.stepRanks,
    compute_ranks: window.computeRanks,
    straggler_ranks: window.stragglerRanks,
    composition_representative_rank: window.compositionRepresentativeRank,
    shares: {
      input_wait: window.inputWaitShare,
      h2d: window.h2dShare,
      compute: window.computeShare,
      residual: window.residualShare,
    },
    rank_averages: Object.fromEntries(
      window.rankFacts.map(({ globalRank, average }) => [String(globalRank), valuesJson(average)]),
    ),
    metrics: Object.fromEntries(
      window.metrics.map((metric) => [
        metric.metric,
        {
          median: metric.medianMs,
          worst: metric.worstMs,
          worst_rank: metric.worstRank,
          skew: metric.skewRatio,
          representative_rank: metric.representativeRank,
          representative_value: metric.representativeMs,
        },
      ]),
    ),
    ...(isShort ? { steps: [...steps], series: seriesJson(window) } : {}),
  }
}

function factsJson(facts: RankStepFacts, steps: Float64Array): Record<string, unknown> {
  return {
    global_rank: facts.globalRank,
    steps: [...steps].map((step, i) => ({ step, values: valuesJson(facts.valuesAt(i)) })),
    average: valuesJson(facts.average),
  }
}

/** A whole window in the shape of `step_time_repository.json`. */
export function windowJson(window: StepTimeWindow): Record<string, unknown> {
  const { coverage } = window
  return {
    clock: window.clock,
    training_strategy: window.trainingStrategy,
    steps: [...window.steps],
    expected_ranks: window.expectedRanks,
    coverage: {
      expected_steps: coverage.expectedSteps,
      steps_used: coverage.stepsUsed,
      world_size: coverage.worldSize,
      ranks_present: coverage.ranksPresent,
    },
    rank_facts: window.rankFacts.map((facts) => factsJson(facts, window.steps)),
    metrics: window.metrics.map((metric) => ({
      metric: metric.metric,
      series: metric.series && {
        median: [...metric.series.median],
        worst: [...metric.series.worst],
      },
      median_total: metric.medianMs,
      worst_total: metric.worstMs,
      worst_rank: metric.worstRank,
      skew_pct: metric.skewRatio,
      representative_rank: metric.representativeRank,
      representative_total: metric.representativeMs,
    })),
    step_ranks: window.stepRanks,
    compute_ranks: window.computeRanks,
    straggler_ranks: window.stragglerRanks,
    composition_representative_rank: window.compositionRepresentativeRank,
    input_wait_share: window.inputWaitShare,
    h2d_share: window.h2dShare,
    compute_share: window.computeShare,
    residual_share: window.residualShare,
  }
}
