import type { LiveUnit } from '@traceml/contracts'

/** What stands for a number that is not known. */
export const UNKNOWN = 'n/a'

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Milliseconds at a width that suits them: `84.2 ms`, `1.23 s`, `2.50 min`. */
export function formatMs(ms: number | null): string {
  if (ms === null) return UNKNOWN
  const size = Math.abs(ms)
  if (size >= 3_600_000) return `${(ms / 3_600_000).toFixed(2)} h`
  if (size >= 60_000) return `${(ms / 60_000).toFixed(2)} min`
  if (size >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return `${ms.toFixed(size >= 100 ? 0 : 1)} ms`
}

/** Bytes in binary units: `512 MiB`, `5.50 GiB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const size = Math.abs(value)
  const digits = unit === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`
}

/** A part of a whole, both in the unit that suits the whole: `52.3 / 80.0 GiB`. */
export function formatBytesOf(used: number | null, total: number | null): string {
  if (total === null || total <= 0) return formatBytes(used)
  let unit = 0
  while (total / 1024 ** (unit + 1) >= 1 && unit < BYTE_UNITS.length - 1) unit += 1
  const inUnit = (bytes: number | null): string =>
    bytes === null ? UNKNOWN : (bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)
  return `${inUnit(used)} / ${inUnit(total)} ${BYTE_UNITS[unit]}`
}

/** 0 to 100 as `12.3 %`. */
export function formatPercent(percent: number | null, digits = 0): string {
  return percent === null ? UNKNOWN : `${percent.toFixed(digits)} %`
}

/** A fraction of 1 as `12.3 %`. */
export function formatRatio(ratio: number | null, digits = 1): string {
  return ratio === null ? UNKNOWN : formatPercent(ratio * 100, digits)
}

/** How much more, as `+12.3 %`. */
export function formatSkew(ratio: number | null): string {
  if (ratio === null) return UNKNOWN
  const text = (ratio * 100).toFixed(1)
  return `${text.startsWith('-') ? '−' : '+'}${text.replace('-', '')} %`
}

/** Thousands apart by a thin space: `1 048 576`. */
export function formatCount(count: number | null): string {
  if (count === null) return UNKNOWN
  const [whole = '', fraction] = String(count).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202F')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** Something per second: three digits that count. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN
  if (perSecond >= 1000) return formatCount(Math.round(perSecond))
  return perSecond.toFixed(perSecond >= 100 ? 0 : perSecond >= 10 ? 1 : 2)
}

/** A span as people say it: `4.2 s`, `3 min 05 s`, `2 h 07 min`, `3 d 4 h`. */
export function formatSpan(seconds: number | null): string {
  if (seconds === null) return UNKNOWN
  const whole = Math.round(seconds)
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (whole < 60) return `${whole} s`
  const pad = (value: number): string => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`
}

/** Unix seconds as the viewer's time of day. */
export function formatClock(unixSeconds: number | null): string {
  if (unixSeconds === null) return ''
  const date = new Date(unixSeconds * 1000)
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** A value with its unit; a text as it is. */
export function formatValue(value: number | string | null, unit: LiveUnit | null): string {
  if (value === null) return UNKNOWN
  if (typeof value === 'string') return value
  switch (unit) {
    case 'ms':
      return formatMs(value)
    case 's':
      return formatSpan(value)
    case 'ratio':
      return formatRatio(value)
    case 'percent':
      return formatPercent(value, 1)
    case 'bytes':
      return formatBytes(value)
    case 'celsius':
      return `${value.toFixed(0)} °C`
    case 'watts':
      return `${value.toFixed(0)} W`
    case 'count':
      return formatCount(value)
    case null:
      return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(5)))
  }
}
