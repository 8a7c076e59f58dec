import { groupByRank } from '../shared/group-by-rank.js'
import { sortById } from '../shared/sort-by-id.js'
import type { ProcessSampleInput } from './input.js'

/**
 * Returns the newest rows of each global rank, ordered by rank, then id; rows without a global rank
 * are left out. O(n log n).
 *
 * @param options - `windowRows`: rows kept per rank, at least 1.
 */
export function selectProcessWindow(
  rows: readonly ProcessSampleInput[],
  options: { readonly windowRows: number },
): readonly ProcessSampleInput[] {
  const keep = Math.max(1, Math.floor(options.windowRows) || 1)
  return [...groupByRank(rows).entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, group]) => sortById(group).slice(-keep))
}
