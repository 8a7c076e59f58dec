import type { StepMemorySampleRow, StepMemoryWindow } from '@traceml/contracts'
import type { RowInput } from '../shared/row-input.js'

/** The memory of one step of one rank; a column that is absent was not measured. */
export type StepMemorySampleInput = RowInput<StepMemorySampleRow>

/** What the step-memory diagnosis reads; a `StepMemoryWindow` of a store is one. */
export interface StepMemoryInput extends Omit<StepMemoryWindow, 'rows'> {
  readonly rows: readonly StepMemorySampleInput[]
}
