import type { RankIdentity } from './identity.js'
import type { StepMemoryWindow } from './store.js'

/**
 * The memory of one rank's steps as columns; every array has one entry a step, NaN is "not
 * measured".
 */
export interface RankMemoryColumns {
  readonly globalRank: number
  /** From the rank's newest row. */
  readonly identity: RankIdentity
  /** Label of the device, from the same row. */
  readonly device: string | null
  /** Step numbers, ascending and distinct; shape [steps]. */
  readonly steps: Float64Array
  /** Peak of the device's allocator within the step, in bytes. */
  readonly allocatedBytes: Float64Array
  readonly reservedBytes: Float64Array
  /** Bytes and number of live tensors when the step ended. */
  readonly liveBytes: Float64Array
  readonly liveTensorCount: Float64Array
}

/** What a {@link StepMemoryWindow} says, as columns: for many ranks a fraction of its cost. */
export interface StepMemoryColumns extends Omit<StepMemoryWindow, 'rows'> {
  /** Ascending by global rank. */
  readonly ranks: readonly RankMemoryColumns[]
}
