import type { ProcessSampleRow } from '@traceml/contracts'
import type { RowInput } from '../shared/row-input.js'

/** A sample of one rank's process; a column that is absent was not measured. */
export type ProcessSampleInput = RowInput<ProcessSampleRow>
