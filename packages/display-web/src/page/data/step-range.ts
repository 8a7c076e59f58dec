import type { LiveSeries, LiveSeriesQuery, LiveStepTimeBody } from '@traceml/contracts'
import type { StepView } from '../state/ui-state.js'
import { LIVE_STEPS } from '../state/ui-state.js'

/** What the step charts draw; all arrays are equally long, oldest first. */
export interface StepLines {
  readonly steps: readonly number[]
  /** Steps that one point covers. */
  readonly bucketSteps: number
  /** Median over ranks, or a mean over the point's steps; see `middleLabel`. */
  readonly middle: readonly (number | null)[]
  readonly middleLabel: string
  /** Null where it would be the same: single steps of one rank. */
  readonly highest: readonly (number | null)[] | null
  readonly highestLabel: string
  /** Null where points are single steps. */
  readonly lowest: readonly (number | null)[] | null
  readonly worstRank: readonly (number | null)[]
  readonly phases: LiveSeries['phases_ms']
  /** Rank whose parts `phases` are; null: over all ranks. */
  readonly phaseRank: number | null
  readonly memory: readonly (number | null)[] | null
}

/** The steps that a payload carries itself. */
export function linesOfPayload(body: LiveStepTimeBody): StepLines {
  const { series } = body
  return {
    steps: series.steps,
    bucketSteps: 1,
    middle: series.median_ms,
    middleLabel: 'median',
    highest: series.worst_ms,
    highestLabel: 'worst',
    lowest: null,
    worstRank: series.worst_rank,
    phases: series.phases_ms,
    phaseRank: series.rank,
    memory: null,
  }
}

/** The steps of an answer about the past. */
export function linesOfSeries(series: LiveSeries): StepLines {
  const isSingle = series.bucket_steps === 1 && series.rank !== null
  return {
    steps: series.steps,
    bucketSteps: series.bucket_steps,
    middle: series.step_time_ms.mean,
    middleLabel: isSingle ? 'step time' : 'mean',
    highest: isSingle ? null : series.step_time_ms.max,
    highestLabel: 'highest',
    lowest: isSingle ? null : series.step_time_ms.min,
    worstRank: series.worst_rank,
    phases: series.phases_ms,
    phaseRank: series.rank,
    memory: series.memory_bytes.max,
  }
}

/** What to ask for to show a view, or null when the payload has it all. */
export function queryOf(
  view: StepView,
  newestStep: number | null,
  points: number,
): LiveSeriesQuery | null {
  if (view.kind === 'range') return { from_step: view.from, to_step: view.to, points }
  if (view.steps === LIVE_STEPS) return null
  if (view.steps === 0 || newestStep === null) return { points }
  return { from_step: Math.max(0, newestStep - view.steps + 1), points }
}

/** A part of the steps, moved or stretched around its middle, within what is known. */
export function moveRange(
  range: { readonly from: number; readonly to: number },
  change: { readonly by?: number; readonly zoom?: number },
  known: { readonly oldest: number; readonly newest: number },
): { readonly from: number; readonly to: number } {
  const span = Math.max(2, Math.round((range.to - range.from) * (change.zoom ?? 1)))
  const wanted = Math.min(span, Math.max(2, known.newest - known.oldest))
  const middle = (range.from + range.to) / 2 + (change.by ?? 0) * (range.to - range.from)
  const highest = Math.max(known.oldest, known.newest - wanted)
  const from = Math.min(highest, Math.max(known.oldest, Math.round(middle - wanted / 2)))
  return { from, to: from + wanted }
}
