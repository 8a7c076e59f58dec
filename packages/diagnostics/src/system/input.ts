import type { SystemGpuSampleRow, SystemSampleRow } from '@traceml/contracts'
import type { RowInput } from '../shared/row-input.js'

/** A sample of one node; a column that is absent was not measured. */
export type SystemSampleInput = RowInput<SystemSampleRow>

/** One GPU of a sample; it belongs to the sample with the same rank, node and sequence number. */
export type SystemGpuSampleInput = RowInput<SystemGpuSampleRow>

/** Samples of nodes and of their GPUs; a `SystemWindow` of a store is one. */
export interface SystemInput {
  readonly samples: readonly SystemSampleInput[]
  readonly gpus: readonly SystemGpuSampleInput[]
}
