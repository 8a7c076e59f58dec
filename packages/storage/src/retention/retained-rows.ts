import { DEFAULTS } from '@traceml/contracts'

/** Rows that the analysed window asks for: at least 1. */
export function effectiveWindowRows(windowRows: number): number {
  return Math.max(1, Math.trunc(windowRows))
}

/** Rows that are kept per partition of a table: half as many again as the window, at least 1. */
export function retainedRows(windowRows: number): number {
  return Math.max(1, Math.trunc(effectiveWindowRows(windowRows) * DEFAULTS.retentionFactor))
}

/** Sampled steps of the deep profile that are kept per rank, model and kind of figure. */
export const RETAINED_LAYER_SAMPLES = 256

/** Models of a rank whose samples are kept: those that had samples last. */
export const RETAINED_LAYER_MODELS = 16

/** Rows about the layers of models that are kept per rank: a model has a further one when it changes. */
export const RETAINED_LAYER_MODEL_ROWS = 64
