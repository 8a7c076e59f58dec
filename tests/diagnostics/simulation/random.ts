/** A source of random numbers that repeats for the same seed. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** A whole number in [0, below). */
  index(below: number): number
  pick<Item>(items: readonly Item[]): Item
  /** Standard normal. */
  normal(): number
}

/** Makes a source from a 32-bit seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const index = (below: number): number => Math.floor(uniform() * below)
  return {
    uniform,
    index,
    between: (low, high) => low + (high - low) * uniform(),
    pick: (items) => items[index(items.length)] as (typeof items)[number],
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}
