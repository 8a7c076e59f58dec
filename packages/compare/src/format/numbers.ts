import { formatFixed } from '@traceml/analysis'
import type { JudgedMetric } from '../judge/model.js'

/** Milliseconds of a step: more decimals for short steps. */
export function formatStepMs(ms: number): string {
  const size = Math.abs(ms)
  return `${formatFixed(ms, size === 0 || size >= 10 ? 1 : size >= 1 ? 2 : 3)} ms`
}

/** A signed change, such as `+5.2%` or `-1.0 pp`. */
export function formatChange(change: number, unit: JudgedMetric['change_unit']): string {
  const text = formatFixed(change, 1, { sign: true })
  return `${text === '-0.0' ? '+0.0' : text}${unit === 'percent' ? '%' : ' pp'}`
}

/** A change that is below a threshold: never rounded up to it. */
export function formatBelow(
  change: number,
  threshold: number,
  unit: JudgedMetric['change_unit'],
): string {
  const rounded = Math.abs(Number(formatFixed(change, 1)))
  if (rounded < threshold || threshold === 0) return formatChange(change, unit)
  const digits = formatFixed(change, 3, { sign: true })
  return `${digits}${unit === 'percent' ? '%' : ' pp'}`
}

/** A change in words, such as `5.2% longer`. */
export function formatMovement(
  change: number,
  unit: JudgedMetric['change_unit'],
  metricUnit: JudgedMetric['unit'],
): string {
  const size = formatFixed(Math.abs(change), 1)
  const [up, down] = metricUnit === 'ms' ? ['longer', 'shorter'] : ['higher', 'lower']
  return `${size}${unit === 'percent' ? '%' : ' pp'} ${change > 0 ? up : down}`
}

/** A threshold, such as `3%` or `0.5 pp`. */
export function formatThreshold(value: number, unit: JudgedMetric['change_unit']): string {
  return `${String(value)}${unit === 'percent' ? '%' : ' pp'}`
}

/** An interval, such as `+4.1% to +6.3%`. */
export function formatInterval(
  interval: NonNullable<JudgedMetric['interval']>,
  unit: JudgedMetric['change_unit'],
): string {
  return `${formatChange(interval.low, unit)} to ${formatChange(interval.high, unit)}`
}

/** A count with thousands separated. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
