import { formatFixed } from '@traceml/analysis'

/** A fraction as a percentage with one decimal, half to even: 0.0625 is `6.2%`; null is `n/a`. */
export function formatPercent(ratio: number | null): string {
  return ratio === null ? 'n/a' : `${formatFixed(ratio * 100, 1)}%`
}

/** A count with its noun: `1 step`, `2 steps`. */
export function formatCount(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`
}
