import { type LayerRow, sharesToPercent } from '@traceml/analysis'
import type { LayerProfile } from '@traceml/contracts'

/** A line of a table of layers with its share. */
export interface LayerLine extends LayerRow {
  /** 0 to 100 with one decimal, of time, or of memory where there are no times; null: neither. */
  readonly percent: number | null
}

/** Lines with percentages that add up to exactly 100. */
export function layerLines(profile: LayerProfile, rows: readonly LayerRow[]): readonly LayerLine[] {
  const shares = rows.map(
    ({ cost }) => (profile.total_ms === null ? cost.memory_share : cost.time_share) ?? null,
  )
  const percents = sharesToPercent(shares, 1)
  return rows.map((row, i) => ({ ...row, percent: percents[i] ?? null }))
}

/** The sum of all lines. */
export function totalLine(profile: LayerProfile, lines: readonly LayerLine[]): LayerLine {
  const cost = { ...profile, time_share: null }
  const isShared = lines.some(({ percent }) => percent !== null)
  return { label: 'Total', path: null, entry: null, percent: isShared ? 100 : null, cost }
}

/** A line as it is read: what is not the name of a layer begins like a sentence. */
export function lineLabel({ path, label }: LayerLine): string {
  return path === null ? `${label.charAt(0).toUpperCase()}${label.slice(1)}` : `${path}${label}`
}

/** From which skew on it is worth naming the rank: below, noise names one in nearly every line. */
const SKEW_SHOWN = 0.1

/** The rank on which a layer takes longest, where it does so; null where it does not matter. */
export function slowRank({ entry }: LayerLine): { rank: number; skew: number } | null {
  if (entry === null || entry.worst_rank === null) return null
  const { worst_rank: rank, skew_ratio: skew } = entry
  return skew === null || skew < SKEW_SHOWN ? null : { rank, skew }
}
