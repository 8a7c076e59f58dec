import {
  findStepMetric,
  type RankStepFacts,
  type StepTimeWindow,
  type StepValueKey,
} from '@traceml/analysis'
import type { LivePhase, LivePhasesMs, LiveStepHeat, LiveStepSeries } from '@traceml/contracts'
import { byPhase } from '../../by-phase.js'
import { waitingColumns } from './lateness.js'

const HEAT_CELLS = 4096

/** Where the analysis has the parts of a step. @internal */
const VALUE_OF: Readonly<Record<LivePhase, StepValueKey>> = {
  input_wait: 'inputWaitMs',
  h2d: 'h2dMs',
  forward: 'forwardMs',
  backward: 'backwardMs',
  optimizer_step: 'optimizerStepMs',
  residual: 'residualMs',
}

/** The means of a rank's parts. @internal */
export function phasesOf(facts: RankStepFacts): LivePhasesMs {
  return byPhase((phase) => facts.average[VALUE_OF[phase]])
}

/** The rank whose parts stand for all: the analysis' choice, else the first one. @internal */
export function shownFacts(window: StepTimeWindow): RankStepFacts | null {
  const rank = window.compositionRepresentativeRank
  const chosen = window.rankFacts.find(({ globalRank }) => globalRank === rank)
  return chosen ?? window.rankFacts.find(({ average }) => average.stepTimeMs !== null) ?? null
}

/** The window step by step. @internal */
export function stepSeries(window: StepTimeWindow): LiveStepSeries {
  const count = window.steps.length
  const stepTime = findStepMetric(window, 'step_time')?.series ?? null
  const columns = window.rankFacts.map((facts) => ({
    rank: facts.globalRank,
    column: facts.column('stepTimeMs'),
  }))
  const worstRank = new Array<number | null>(count).fill(null)
  for (let index = 0; index < count; index += 1) {
    let most = Number.NEGATIVE_INFINITY
    for (const { rank, column } of columns) {
      const ms = column?.[index] ?? Number.NEGATIVE_INFINITY
      if (ms > most) {
        most = ms
        worstRank[index] = rank
      }
    }
  }
  const shown = shownFacts(window)
  return {
    steps: Array.from(window.steps),
    median_ms: numbers(stepTime?.median ?? null, count),
    worst_ms: numbers(stepTime?.worst ?? null, count),
    worst_rank: worstRank,
    rank: shown?.globalRank ?? null,
    phases_ms: byPhase((phase) => numbers(shown?.column(VALUE_OF[phase]) ?? null, count)),
  }
}

/** Step times by rank and step, as many of the newest steps as fit. @internal */
export function stepHeat(window: StepTimeWindow): LiveStepHeat {
  const ranks = window.rankFacts
  const count = Math.min(window.steps.length, Math.floor(HEAT_CELLS / Math.max(1, ranks.length)))
  const first = window.steps.length - count
  const waiting = waitingColumns(window)
  return {
    steps: Array.from(window.steps.subarray(first)),
    ranks: ranks.map(({ globalRank }) => globalRank),
    step_time_ms: ranks.map((facts) =>
      numbers(facts.column('stepTimeMs')?.subarray(first) ?? null, count),
    ),
    own_time_ms: ranks.map((facts) => {
      const column = facts.column('stepTimeMs')
      const wait = waiting?.get(facts.globalRank)
      if (column === null || wait === undefined) return new Array<null>(count).fill(null)
      return Array.from({ length: count }, (_, index) =>
        Math.max(0, (column[first + index] ?? 0) - wait(first + index)),
      )
    }),
  }
}

function numbers(column: Float64Array | null, count: number): (number | null)[] {
  if (column === null) return new Array<null>(count).fill(null)
  return Array.from(column, (value) => (Number.isFinite(value) ? value : null))
}
