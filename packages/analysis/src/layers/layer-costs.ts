import type { LayerCost } from '@traceml/contracts'
import { finiteRatio } from '../internal/ratio.js'

/** A cost whose shares are not known yet. */
export type PlainCost = Omit<LayerCost, 'time_share' | 'memory_share'>

/** Sum of what is known; null when nothing is. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  let sum: number | null = null
  for (const value of values) if (value !== null) sum = (sum ?? 0) + value
  return sum
}

/** The costs of several layers together. */
export function sumCosts(costs: readonly PlainCost[]): PlainCost {
  const sumOf = (key: keyof PlainCost): number | null => sumKnown(costs.map((cost) => cost[key]))
  return {
    forward_ms: sumOf('forward_ms'),
    backward_ms: sumOf('backward_ms'),
    total_ms: sumOf('total_ms'),
    param_bytes: sumOf('param_bytes'),
    trainable_bytes: sumOf('trainable_bytes'),
    forward_bytes: sumOf('forward_bytes'),
    backward_bytes: sumOf('backward_bytes'),
    memory_bytes: sumOf('memory_bytes'),
  }
}

/** What shares are shares of. */
export interface CostTotals {
  readonly totalMs: number | null
  readonly memoryBytes: number | null
}

/** Adds the shares to a cost; null where there is nothing to share. */
export function withShares<Cost extends PlainCost>(
  cost: Cost,
  { totalMs, memoryBytes }: CostTotals,
): Cost & LayerCost {
  return {
    ...cost,
    time_share: shareOf(cost.total_ms, totalMs),
    memory_share: shareOf(cost.memory_bytes, memoryBytes),
  }
}

/** A part of a total, 0 to 1. */
export function shareOf(part: number | null, total: number | null): number | null {
  return part === null || total === null ? null : finiteRatio(part, total)
}
