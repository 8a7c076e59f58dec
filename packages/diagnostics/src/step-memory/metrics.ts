import { measured } from '../shared/measured.js'
import type { StepMemorySampleInput } from './input.js'

/** A figure of step memory: its name and where a row holds it. */
export interface StepMemoryMetricSource {
  readonly name: string
  /** Bytes, or null where the row has none. */
  read(row: StepMemorySampleInput): number | null
}

/** The metrics of the step-memory domain, in the order in which they are listed. */
export const STEP_MEMORY_METRICS: readonly StepMemoryMetricSource[] = [
  { name: 'peak_allocated', read: (row) => measured(row.peak_alloc_bytes) },
  { name: 'peak_reserved', read: (row) => measured(row.peak_reserved_bytes) },
]
