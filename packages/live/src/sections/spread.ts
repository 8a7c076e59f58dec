import { median } from '@traceml/analysis'
import type { LiveSpread, LiveUnit } from '@traceml/contracts'

/** A figure of one node or rank; null is unknown. @internal */
export interface SpreadValue {
  readonly idx: number | null
  readonly value: number | null
}

/** Median and worst of a figure; null when nobody knows it. @internal */
export function spreadOf(
  figure: {
    readonly key: string
    readonly label: string
    readonly unit: LiveUnit
    /** The lowest is the worst. */
    readonly lowIsWorse?: boolean
  },
  values: readonly SpreadValue[],
): LiveSpread | null {
  const known = values.flatMap(({ idx, value }) => (value === null ? [] : [{ idx, value }]))
  const first = known[0]
  if (first === undefined) return null
  const sign = figure.lowIsWorse === true ? -1 : 1
  const worst = known.reduce((most, one) => (one.value * sign > most.value * sign ? one : most))
  const { key, label, unit } = figure
  const middle = median(Float64Array.from(known, ({ value }) => value))
  return { key, label, unit, median: middle, worst: worst.value, worst_idx: worst.idx }
}

/** Part of the whole in percent; null where either is unknown or the whole is nothing. @internal */
export function percentOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : (part / whole) * 100
}

/** @internal */
export function maxOf(values: readonly (number | null)[]): number | null {
  let most: number | null = null
  for (const value of values) if (value !== null && (most === null || value > most)) most = value
  return most
}

/** @internal */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
