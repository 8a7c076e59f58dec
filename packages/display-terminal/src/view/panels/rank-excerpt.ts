import type { LiveRank } from '@traceml/contracts'

/** The ranks that are shown where not all have room. */
export interface RankExcerpt {
  readonly ranks: readonly LiveRank[]
  /** Ranks that are not shown, before and behind them. */
  readonly before: number
  readonly after: number
}

/** How much a rank deserves to be seen; 0 for one that is like the others. */
function notability({ freshness, is_culprit, is_slowest }: LiveRank): number {
  const { state } = freshness
  if (state === 'stalled' || state === 'lost_source') return 4
  if (is_culprit) return 3
  if (state === 'stale' || state === 'waiting') return 2
  return is_slowest ? 1 : 0
}

/**
 * All ranks in their order when `rows` rows are enough. Otherwise one row says how many are missing:
 * with a selected rank its neighbours are shown, without one first those that stand out.
 */
export function rankExcerpt(
  ranks: readonly LiveRank[],
  selected: number | null,
  rows: number,
): RankExcerpt {
  if (ranks.length <= rows) return { ranks, before: 0, after: 0 }
  const count = Math.max(1, rows - 1)
  const at = ranks.findIndex(({ global_rank: rank }) => rank === selected)
  if (at >= 0) {
    const first = Math.min(Math.max(0, at - (count >> 1)), ranks.length - count)
    return {
      ranks: ranks.slice(first, first + count),
      before: first,
      after: ranks.length - count - first,
    }
  }
  const shown = ranks
    .toSorted((a, b) => notability(b) - notability(a) || a.global_rank - b.global_rank)
    .slice(0, count)
  return { ranks: shown, before: 0, after: ranks.length - count }
}
