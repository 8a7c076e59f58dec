import { median } from '@traceml/analysis'
import type { JavaScriptCall } from '@traceml/contracts'
import type { JavaScriptRuntimeRow, TensorHistory } from '../row.js'

/** How live tensors develop over the steps of one rank. */
export interface TensorTrend {
  readonly first: number
  readonly last: number
  /** Steps between the first and the last. */
  readonly steps: number
  /** Median of the slopes between all pairs of points, per step. */
  readonly perStep: number
  /** The same over the last third of the steps: below the whole where a cache has filled. */
  readonly latePerStep: number
  readonly bytesPerStep: number
  /** Part of the steps after which there were not fewer, 0 to 1. */
  readonly nonNegativeRatio: number
  /** Part of the steps after which there were more, 0 to 1. */
  readonly upRatio: number
}

/** The trend of a history, or null with fewer than two points. */
export function tensorTrend({ series, ups, downs, levels }: TensorHistory): TensorTrend | null {
  const [first] = series
  const last = series.at(-1)
  const changes = ups + downs + levels
  if (first === undefined || last === undefined || first === last || changes === 0) return null
  return {
    first: first[1],
    last: last[1],
    steps: last[0] - first[0],
    perStep: medianSlope(series, 1),
    latePerStep: medianSlope(series.slice(-Math.max(3, Math.ceil(series.length / 3))), 1),
    bytesPerStep: medianSlope(series, 2),
    nonNegativeRatio: (ups + levels) / changes,
    upRatio: ups / changes,
  }
}

/** The median of pairwise slopes: a third of the points may be anything. O(points²). */
function medianSlope(series: TensorHistory['series'], column: 1 | 2): number {
  const slopes: number[] = []
  for (const [index, later] of series.entries()) {
    for (const earlier of series.slice(0, index)) {
      const steps = later[0] - earlier[0]
      if (steps > 0) slopes.push((later[column] - earlier[column]) / steps)
    }
  }
  return median(slopes) ?? 0
}

/** A kind of call that leaves tensors behind. */
export interface CallLeak {
  readonly call: JavaScriptCall
  readonly calls: number
  /** Tensors that stay after each call; the median of the newest calls. */
  readonly perCall: number
  /** Part of the newest calls after which there were more, 0 to 1. */
  readonly risingRatio: number
  readonly compared: number
}

/**
 * Calls at whose ends there are ever more tensors, while nothing stays between them, the most telling
 * first. Where every epoch is a `fit` of its own, it is the `fit`.
 */
export function callLeaks({ counters, tensors }: JavaScriptRuntimeRow): readonly CallLeak[] {
  if (counters === null) return []
  const boundaries = counters.calls.fit.calls + counters.calls.epoch.calls
  return (['save', 'fit', 'epoch'] as const).flatMap((call) => {
    const { calls, rises } = counters.calls[call]
    const perCall = median(rises) ?? 0
    if (perCall < 1) return []
    // Between them it must be flat: a rise a call, and one an epoch for what `fit` keeps until its end.
    if (call !== 'save' && tensors.ups > 1.2 * boundaries + 2) return []
    const rising = rises.filter((rise) => rise > 0).length
    return [{ call, calls, perCall, risingRatio: rising / rises.length, compared: rises.length }]
  })
}
