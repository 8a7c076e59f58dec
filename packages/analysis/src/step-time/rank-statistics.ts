import { finiteRatio } from '../internal/ratio.js'
import { medianInPlace } from '../internal/select.js'

/** One rank's value, finite. */
export interface RankValue {
  readonly globalRank: number
  readonly value: number
}

/** Where ranks stand against each other. */
export interface RankStatistics {
  readonly median: number
  /** Maximum. */
  readonly worst: number
  /** The lowest rank that has the maximum. */
  readonly worstRank: number
  /**
   * (worst − median) / median, a fraction. Null with fewer than two ranks, and when the median is
   * not positive but the worst is.
   */
  readonly skewRatio: number | null
  /** The rank nearest to the median; ties go to the lower value, then the lower rank. */
  readonly representativeRank: number
  readonly representative: number
}

function skew(worst: number, median: number, count: number): number | null {
  if (count < 2) return null
  if (median > 0) return finiteRatio(worst - median, median)
  return worst <= 0 ? 0 : null
}

/** Compares ranks by their values, given in any order; null when there is none. O(ranks). */
export function rankStatistics(values: readonly RankValue[]): RankStatistics | null {
  const [first] = values
  if (first === undefined) return null
  const scratch = Float64Array.from(values, ({ value }) => value)
  const median = medianInPlace(scratch, scratch.length)
  let worst = first
  let representative = first
  for (const entry of values) {
    if ((worst.value - entry.value || entry.globalRank - worst.globalRank) < 0) worst = entry
    const nearer = Math.abs(entry.value - median) - Math.abs(representative.value - median)
    const lower = entry.value - representative.value
    const rank = entry.globalRank - representative.globalRank
    if ((nearer || lower || rank) < 0) representative = entry
  }
  return {
    median,
    worst: worst.value,
    worstRank: worst.globalRank,
    skewRatio: skew(worst.value, median, values.length),
    representativeRank: representative.globalRank,
    representative: representative.value,
  }
}
