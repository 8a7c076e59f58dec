import { analyzeTrend, trendLabel } from '@traceml/analysis'
import type { LiveTrend } from '@traceml/contracts'

/** Changes below this are none, a fraction. */
const DEADBAND = 0.02
const MIN_POINTS = 50

/**
 * How a series develops: its late part against its early part. The one trend of every live section,
 * so that a screen never shows two.
 *
 * @param series - Oldest first; what is not finite is left out.
 * @returns Null for fewer than 50 points and for a series that starts at 0.
 */
export function liveTrend(series: ArrayLike<number>): LiveTrend | null {
  const evidence = analyzeTrend(Array.from(series), {
    minPoints: MIN_POINTS,
    warmupRatio: 0,
    deadbandRatio: DEADBAND,
  })
  const ratio = evidence?.ratioVsBaseline ?? null
  if (evidence === null || ratio === null) return null
  const state = Math.abs(ratio) < DEADBAND ? 'flat' : ratio > 0 ? 'rising' : 'falling'
  return { state, ratio, label: trendLabel(ratio, DEADBAND), points: evidence.pointsUsed }
}
