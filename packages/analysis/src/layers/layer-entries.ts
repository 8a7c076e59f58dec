import type { LayerEntry } from '@traceml/contracts'
import { finiteRatio } from '../internal/ratio.js'
import { median } from '../statistics.js'
import type { PlainCost } from './layer-costs.js'
import { sumKnown } from './layer-costs.js'
import type { IndexedLayer } from './layer-index.js'
import type { RankLayers } from './rank-layers.js'

/** What is known of a layer without running it. */
export interface LayerFacts {
  readonly model: string | null
  readonly type: string | null
  readonly paramBytes: number | null
  readonly trainableBytes: number | null
}

/** An entry whose shares are not known yet. */
export type PlainEntry = Omit<LayerEntry, 'time_share' | 'memory_share'> & PlainCost

/** One layer over all ranks, with the numbers of its worst one. */
export function layerEntry(
  { name }: IndexedLayer,
  number: number,
  ranks: readonly RankLayers[],
  facts: LayerFacts,
): PlainEntry {
  const totals = ranks.map((rank) => {
    const forward = at(rank.forwardMs, number)
    const backward = at(rank.backwardMs, number)
    return sumKnown([forward, backward])
  })
  const slowest = positionOfLargest(totals)
  const worst = slowest === null ? null : (ranks[slowest] as RankLayers)
  const totalMs = slowest === null ? null : (totals[slowest] as number)
  const bytes = ranks.map((rank) =>
    sumKnown([at(rank.forwardBytes, number), at(rank.backwardBytes, number)]),
  )
  const largest = positionOfLargest(bytes)
  const fullest = largest === null ? null : (ranks[largest] as RankLayers)
  return {
    name,
    model: facts.model,
    type: facts.type,
    calls: largestOf(ranks.map(({ calls }) => at(calls, number))),
    forward_ms: worst === null ? null : at(worst.forwardMs, number),
    backward_ms: worst === null ? null : at(worst.backwardMs, number),
    total_ms: totalMs,
    param_bytes: facts.paramBytes,
    trainable_bytes: facts.trainableBytes,
    forward_bytes: fullest === null ? null : at(fullest.forwardBytes, number),
    backward_bytes: fullest === null ? null : at(fullest.backwardBytes, number),
    memory_bytes: sumKnown([
      facts.paramBytes,
      largest === null ? null : (bytes[largest] as number),
    ]),
    worst_rank: worst?.rank ?? null,
    skew_ratio: ranks.length < 2 ? null : skew(totalMs, median(totals)),
    peak_ms: largestOf(ranks.map(({ peakMs }) => at(peakMs, number))),
  }
}

/** Longest first; then those without times, by memory; equal ones in the order of the model. */
export function byCost(left: PlainEntry, right: PlainEntry): number {
  return (
    (right.total_ms ?? -1) - (left.total_ms ?? -1) ||
    (right.memory_bytes ?? -1) - (left.memory_bytes ?? -1)
  )
}

function skew(worst: number | null, middle: number | null): number | null {
  const ratio = worst === null || middle === null ? null : finiteRatio(worst, middle)
  return ratio === null ? null : ratio - 1
}

function at(values: Float64Array, number: number): number | null {
  const value = values[number]
  return value === undefined || Number.isNaN(value) ? null : value
}

/** The first of the largest ones. */
function positionOfLargest(values: readonly (number | null)[]): number | null {
  let position: number | null = null
  values.forEach((value, i) => {
    if (value === null) return
    if (position === null || value > (values[position] as number)) position = i
  })
  return position
}

function largestOf(values: readonly (number | null)[]): number | null {
  const position = positionOfLargest(values)
  return position === null ? null : (values[position] as number)
}
