import { DEFAULTS } from '@traceml/contracts'

/** Rows that the analysed window asks for: at least 1. */
export function effectiveWindowRows(windowRows: number): number {
  return Math.max(1, Math.trunc(windowRows))
}

/** Rows that are kept per partition of a table: half as many again as the window, at least 1. */
export function retainedRows(windowRows: number): number {
  return Math.max(1, Math.trunc(effectiveWindowRows(windowRows) * DEFAULTS.retentionFactor))
}
