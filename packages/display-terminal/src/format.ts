import { formatFixed } from '@traceml/analysis'

/** What stands where nothing was measured. */
export const MISSING = 'n/a'

/** Milliseconds in the largest unit that keeps them readable; `n/a` for null. */
export function formatMs(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return MISSING
  if (ms <= 0) return '0.0 ms'
  if (ms < 1000) return `${formatFixed(ms, 1)} ms`
  if (ms < 60_000) return `${formatFixed(ms / 1000, 2)} s`
  if (ms < 3_600_000) return `${formatFixed(ms / 60_000, 2)} min`
  return `${formatFixed(ms / 3_600_000, 2)} h`
}

/** Seconds as `m:ss` or `h:mm:ss`. */
export function formatElapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const pad = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`
}

/** A fraction of 0 to 1 as percent without decimals. */
export function formatShare(share: number): string {
  return `${formatFixed(100 * share, 0)}%`
}

/** Steps per second with about three digits; `n/a` for null. */
export function formatRate(stepsPerSecond: number | null): string {
  if (stepsPerSecond === null || !Number.isFinite(stepsPerSecond)) return MISSING
  const decimals = stepsPerSecond >= 100 ? 0 : stepsPerSecond >= 10 ? 1 : 2
  return formatFixed(stepsPerSecond, decimals)
}
