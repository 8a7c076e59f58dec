import { measured } from './measured.js'

/** A value and the item it belongs to. */
export interface Extreme<Item> {
  readonly item: Item
  readonly value: number
}

/** Returns the item with the largest value; the first wins a tie, null values are skipped. */
export function largestBy<Item>(
  items: readonly Item[],
  measure: (item: Item) => number | null,
): Extreme<Item> | null {
  let best: Extreme<Item> | null = null
  for (const item of items) {
    const value = measure(item)
    if (value !== null && (best === null || value > best.value)) best = { item, value }
  }
  return best
}

/** Returns the item with the smallest value; the first wins a tie, null values are skipped. */
export function smallestBy<Item>(
  items: readonly Item[],
  measure: (item: Item) => number | null,
): Extreme<Item> | null {
  let best: Extreme<Item> | null = null
  for (const item of items) {
    const value = measure(item)
    if (value !== null && (best === null || value < best.value)) best = { item, value }
  }
  return best
}

/**
 * Returns `(max − min) / max` of the values, a fraction: null with fewer than two values, 0 when
 * the largest is not positive.
 */
export function relativeSpread<Item>(
  items: readonly Item[],
  measure: (item: Item) => number | null,
): number | null {
  const known = items.filter((item) => measure(item) !== null)
  const largest = largestBy(known, measure)
  const smallest = smallestBy(known, measure)
  if (known.length < 2 || largest === null || smallest === null) return null
  const spread = largest.value <= 0 ? 0 : (largest.value - smallest.value) / largest.value
  return measured(spread)
}
