/** Positions of names in their alphabetical order, in which layers travel. */
export function sortedOrder(names: readonly string[]): readonly number[] {
  const name = (index: number): string => names[index] ?? ''
  return names
    .map((_, index) => index)
    .sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : a - b))
}

/** The values at the positions. */
export function pick<Value>(values: readonly Value[], order: readonly number[]): readonly Value[] {
  return order.map((index) => values[index] as Value)
}
