import { analyzeTrend, type TrendConfig, type TrendEvidence } from '@traceml/analysis'
import { outcomeOf, type VectorOutcome } from './outcome.js'

interface TrendCase {
  readonly name: string
  readonly input: { readonly series: readonly (number | string | null)[] }
  readonly policy: { readonly config: Readonly<Record<string, unknown>> }
  readonly expected: unknown
}

const CONFIG_KEYS: Readonly<Record<string, keyof TrendConfig>> = {
  history_limit: 'historyLimit',
  min_points: 'minPoints',
  deadband_pct: 'deadbandRatio',
  warmup_frac: 'warmupRatio',
  baseline: 'baseline',
  mid: 'mid',
  recent: 'recent',
}

/** Runs cases of the shape of `trends.json`: a series and a policy to the evidence. */
export function runTrendVectors(json: unknown): VectorOutcome[] {
  return (json as readonly TrendCase[]).map(({ name, input, policy, expected }) =>
    outcomeOf(name, expected, () => evidenceJson(analyzeTrend(input.series, configOf(policy)))),
  )
}

function configOf(policy: TrendCase['policy']): Partial<TrendConfig> {
  return Object.fromEntries(
    Object.entries(policy.config).map(([key, value]) => [CONFIG_KEYS[key] ?? key, value]),
  )
}

function evidenceJson(trend: TrendEvidence | null): Record<string, unknown> | null {
  return (
    trend && {
      points_seen: trend.pointsSeen,
      points_used: trend.pointsUsed,
      truncated: trend.truncated,
      baseline_avg: trend.baselineAvg,
      mid_avg: trend.midAvg,
      recent_avg: trend.recentAvg,
      delta_vs_baseline: trend.deltaVsBaseline,
      delta_vs_mid: trend.deltaVsMid,
      delta_pct_vs_baseline: trend.ratioVsBaseline,
      delta_pct_vs_mid: trend.ratioVsMid,
    }
  )
}
