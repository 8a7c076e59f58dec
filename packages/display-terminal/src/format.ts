import { formatFixed } from '@traceml/analysis'
import { type LiveUnit, plainLine } from '@traceml/contracts'

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

/** A whole number with its thousands apart: `12,345`; `n/a` for null. */
export function formatCount(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return MISSING
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A number of 0 to 100 as percent without decimals; `n/a` for null. */
export function formatPercent(percent: number | null): string {
  return percent === null || !Number.isFinite(percent) ? MISSING : `${formatFixed(percent, 0)}%`
}

/** A relative difference with its sign: `+25.7%`; `n/a` for null. */
export function formatDifference(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return MISSING
  return `${ratio < 0 ? '-' : '+'}${formatFixed(Math.abs(100 * ratio), 1)}%`
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Bytes in binary units with about three digits: `1.25 GiB`; `n/a` for null. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return MISSING
  const size = Math.abs(bytes)
  const power = size < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(size) / 10))
  return `${scaled(bytes, power)} ${BYTE_UNITS[power]}`
}

/** Used of total in the unit of the total: `12.1/64.0 GiB`; only `used` where the total is unknown. */
export function formatBytesOf(used: number | null, total: number | null): string {
  if (total === null || total <= 0 || used === null) return formatBytes(used)
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(total) / 10))
  const of = (bytes: number): string => formatFixed(bytes / 1024 ** power, power === 0 ? 0 : 1)
  return `${of(used)}/${of(total)} ${BYTE_UNITS[power]}`
}

function scaled(bytes: number, power: number): string {
  const value = bytes / 1024 ** power
  const decimals = power === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return formatFixed(value, decimals)
}

/** How long ago something was: `0.4 s`, `12 s`, `3:05`. */
export function formatAge(seconds: number): string {
  const age = Math.max(0, seconds)
  if (age < 10) return `${formatFixed(age, 1)} s`
  return age < 60 ? `${Math.floor(age)} s` : formatElapsed(age)
}

/** A number of a verdict's evidence in its unit. */
export function formatUnit(value: number | string, unit: LiveUnit | null): string {
  if (typeof value === 'string') return plainLine(value)
  switch (unit) {
    case 'ms':
      return formatMs(value)
    case 's':
      return formatMs(1000 * value)
    case 'ratio':
      return `${formatFixed(100 * value, 1)}%`
    case 'percent':
      return `${formatFixed(value, 1)}%`
    case 'bytes':
      return formatBytes(value)
    case 'celsius':
      return `${formatFixed(value, 0)}°C`
    case 'watts':
      return `${formatFixed(value, 0)} W`
    default:
      return Number.isInteger(value) ? formatCount(value) : formatFixed(value, 2)
  }
}
