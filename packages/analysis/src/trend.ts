import { InputError } from '@traceml/contracts'
import { formatFixed } from './rounding.js'

/** A part of a series as fractions of its length, `[start, end)` with 0 ≤ start < end ≤ 1. */
export type TrendBand = readonly [start: number, end: number]

/** How a series is cut before its early, middle and late parts are compared. */
export interface TrendConfig {
  /** Keep only this many of the newest points; null keeps all. */
  readonly historyLimit: number | null
  /** Fewer points than this, at any stage, give no evidence; at least 3. */
  readonly minPoints: number
  /** Ratios smaller than this read as flat in {@link trendLabel}; it gates nothing else. */
  readonly deadbandRatio: number
  /** Share of the points dropped at the start, 0 ≤ x < 1. */
  readonly warmupRatio: number
  readonly baseline: TrendBand
  readonly mid: TrendBand
  readonly recent: TrendBand
}

/** What the three bands of a series say; averages in the unit of the series. */
export interface TrendEvidence {
  /** Usable points of the series. */
  readonly pointsSeen: number
  /** Points left by the history limit, before the warm-up is dropped. */
  readonly pointsUsed: number
  readonly truncated: boolean
  readonly baselineAvg: number
  readonly midAvg: number
  readonly recentAvg: number
  readonly deltaVsBaseline: number
  readonly deltaVsMid: number
  /** delta / baseline, a fraction; null when the baseline is 0. The divisor keeps its sign. */
  readonly ratioVsBaseline: number | null
  readonly ratioVsMid: number | null
}

/** The defaults; with them 222 points are the true minimum, because the warm-up goes first. */
export const DEFAULT_TREND_CONFIG: TrendConfig = {
  historyLimit: 10_000,
  minPoints: 200,
  deadbandRatio: 0.02,
  warmupRatio: 0.1,
  baseline: [0.15, 0.25],
  mid: [0.45, 0.55],
  recent: [0.9, 1],
}

/**
 * Compares the early, middle and late part of a series; null when it is too short.
 *
 * @param series - Oldest first. Null, non-finite values and text that is no number are dropped.
 * @param config - Overrides of {@link DEFAULT_TREND_CONFIG}.
 * @throws {InputError} TRACEML_INPUT_INVALID when a setting lies outside its range.
 */
export function analyzeTrend(
  series: readonly (number | string | null)[],
  config: Partial<TrendConfig> = {},
): TrendEvidence | null {
  const settings = resolveTrendConfig(config)
  const values = series.map(toFiniteNumber).filter((value) => value !== null)
  if (values.length < settings.minPoints) return null
  const limit = settings.historyLimit
  const truncated = limit !== null && values.length > limit
  const used = truncated ? values.slice(values.length - limit) : values
  const stable = used.slice(Math.floor(used.length * settings.warmupRatio))
  if (stable.length < settings.minPoints) return null

  const baselineAvg = bandAverage(stable, settings.baseline)
  const midAvg = bandAverage(stable, settings.mid)
  const recentAvg = bandAverage(stable, settings.recent)
  const deltaVsBaseline = recentAvg - baselineAvg
  const deltaVsMid = recentAvg - midAvg
  // Sums of values near the limits of a double overflow: that is no evidence either.
  if (!Number.isFinite(deltaVsBaseline) || !Number.isFinite(deltaVsMid)) return null
  return {
    pointsSeen: values.length,
    pointsUsed: used.length,
    truncated,
    baselineAvg,
    midAvg,
    recentAvg,
    deltaVsBaseline,
    deltaVsMid,
    ratioVsBaseline: ratioOrNull(deltaVsBaseline, baselineAvg),
    ratioVsMid: ratioOrNull(deltaVsMid, midAvg),
  }
}

/**
 * Returns a trend ratio as short text: `↑ +12.3%`, `↓ -4.0%`, `~ +0.4%` within the dead band, and
 * an em dash for null or a value that is not finite.
 *
 * @param ratio - A fraction (0.1 is ten percent) or null.
 * @param deadband - A fraction ≥ 0.
 */
export function trendLabel(ratio: number | null, deadband: number): string {
  if (ratio === null || !Number.isFinite(ratio)) return '—'
  const percent = `${formatFixed(ratio * 100, 1, { sign: true })}%`
  if (Math.abs(ratio) < deadband) return `~ ${percent}`
  return `${ratio > 0 ? '↑' : '↓'} ${percent}`
}

function resolveTrendConfig(config: Partial<TrendConfig>): TrendConfig {
  const settings = { ...DEFAULT_TREND_CONFIG, ...config }
  const { historyLimit, minPoints, deadbandRatio, warmupRatio } = settings
  check(historyLimit === null || historyLimit > 0, 'historyLimit', historyLimit, 'null or above 0')
  check(minPoints >= 3, 'minPoints', minPoints, 'at least 3')
  check(deadbandRatio >= 0, 'deadbandRatio', deadbandRatio, 'at least 0')
  check(warmupRatio >= 0 && warmupRatio < 1, 'warmupRatio', warmupRatio, 'at least 0 and below 1')
  for (const name of ['baseline', 'mid', 'recent'] as const) {
    const [start, end] = settings[name]
    check(
      start >= 0 && start < end && end <= 1,
      name,
      settings[name],
      '[start, end] with 0 ≤ start < end ≤ 1',
    )
  }
  return settings
}

function check(valid: boolean, name: string, value: unknown, rule: string): void {
  if (valid) return
  throw new InputError(
    'TRACEML_INPUT_INVALID',
    `The trend setting ${name} is ${JSON.stringify(value)}; give ${rule}.`,
  )
}

function bandAverage(values: readonly number[], [start, end]: TrendBand): number {
  const count = values.length
  const from = Math.min(Math.max(Math.floor(count * start), 0), count - 1)
  const to = Math.min(Math.max(Math.ceil(count * end), from + 1), count)
  let sum = 0
  for (let index = from; index < to; index += 1) sum += values[index] ?? 0
  return sum / (to - from)
}

function ratioOrNull(delta: number, base: number): number | null {
  if (Math.abs(base) <= 1e-12) return null
  const ratio = delta / base
  return Number.isFinite(ratio) ? ratio : null
}

const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

function toFiniteNumber(value: number | string | null): number | null {
  if (typeof value === 'string') return DECIMAL.test(value) ? toFiniteNumber(Number(value)) : null
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
