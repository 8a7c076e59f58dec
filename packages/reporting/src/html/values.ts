import { formatFixed } from '@traceml/analysis'
import { escapeHtml, type Html, raw } from './tag.js'

const THIN_SPACE = '&thinsp;'
/** What stands where nothing was measured. */
export const MISSING: Html = /* @__PURE__ */ raw('—')

/** A number with a fixed number of decimals, half to even, and commas between thousands. */
export function grouped(value: number, decimals: number): string {
  const [whole = '', fraction] = formatFixed(value, decimals).split('.')
  const separated = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return fraction === undefined ? separated : `${separated}.${fraction}`
}

/**
 * A metric's value in the unit that its name ends in, as markup: `_ms` one decimal, `_bytes` in GB
 * of 10⁹ from there on, else whole MB, `_percent`, `_c`, `_w`, others two decimals. What is missing
 * is a dash, what is no number is escaped text.
 */
export function htmlValue(metric: string, value: unknown): Html {
  if (value === null || value === undefined) return MISSING
  // As the existing reports write it.
  if (typeof value === 'boolean') return raw(value ? 'True' : 'False')
  if (typeof value !== 'number') return raw(escapeHtml(String(value)))
  if (!Number.isFinite(value)) return MISSING
  if (metric.endsWith('_ms')) return withUnit(grouped(value, 1), 'ms')
  if (metric.endsWith('_bytes')) {
    return Math.abs(value) >= 1e9
      ? withUnit(grouped(value / 1e9, 2), 'GB')
      : withUnit(grouped(value / 1e6, 0), 'MB')
  }
  if (metric.endsWith('_percent')) return raw(`${grouped(value, 1)}%`)
  if (metric.endsWith('_c')) return withUnit(grouped(value, 0), '&deg;C')
  if (metric.endsWith('_w')) return withUnit(grouped(value, 0), 'W')
  return raw(grouped(value, 2))
}

/** A number and its unit with a thin space between them. */
export function withUnit(number: string, unit: string): Html {
  return raw(`${number}${THIN_SPACE}${unit}`)
}

/** {@link htmlValue} as plain text, for labels that assistive technology reads. */
export function spokenValue(metric: string, value: number | null): string {
  if (value === null) return 'not measured'
  return htmlValue(metric, value).markup.replaceAll(THIN_SPACE, ' ').replaceAll('&deg;', '°')
}

/** A part of a whole as a percentage; a dash when either is missing or the whole is not above 0. */
export function htmlShare(value: number | null, total: number | null): Html {
  if (value === null || total === null || !(total > 0)) return MISSING
  return raw(`${grouped((100 * value) / total, 1)}%`)
}

/** A span of time as people say it: `2 h 03 min`, `4 min 05 s`, `12.3 s`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${grouped(seconds, 1)} s`
  const whole = Math.round(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${grouped(Math.floor(whole / 3600), 0)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** A time of a document, `2026-11-25 10:22 UTC`; what is no such time is returned as it is. */
export function moment(iso: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})[\d:.]*(?:Z|\+00:?00)$/.exec(iso)
  return parts === null ? iso : `${parts[1]} ${parts[2]} UTC`
}
