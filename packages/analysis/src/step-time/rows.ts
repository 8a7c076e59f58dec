import type { StepTimeRequest, StepTimeSnapshot, TrainingStrategy } from '@traceml/contracts'
import { createStepColumnsBuilder } from './builder.js'
import type { PhaseDurations } from './decode-events.js'

/** One stored step of one rank after decoding. */
export interface DecodedStepRow {
  /** Order of insertion; of several rows of one step the highest counts. */
  readonly sourceId: number
  readonly globalRank: number
  readonly step: number
  /** Null for a row that did not decode: it is no observed step, yet it replaces older ones. */
  readonly metrics: PhaseDurations | null
}

/** Options of `stepTimeSnapshotFromRows`. */
export interface SnapshotFromRowsOptions {
  /** Ranks known without a step, for example from other tables. */
  readonly knownRanks?: readonly number[]
  /** Selects ranks and the newest steps; absent: everything. */
  readonly request?: StepTimeRequest
  readonly trainingStrategy?: TrainingStrategy
}

/**
 * Turns decoded rows, in any order, into the columns that the analysis reads.
 *
 * @throws {InputError} `TRACEML_INPUT_INVALID` for a rank or step that is not a whole number.
 */
export function stepTimeSnapshotFromRows(
  rows: Iterable<DecodedStepRow>,
  options: SnapshotFromRowsOptions = {},
): StepTimeSnapshot {
  const builder = createStepColumnsBuilder()
  for (const rank of options.knownRanks ?? []) builder.addRank(rank)
  for (const row of rows) builder.add(row)
  return builder.snapshot(options)
}
