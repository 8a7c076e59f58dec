import type { SqliteHandle } from '../handle.js'
import { builder } from '../schema/builder.js'
import { columnNames } from '../schema/migrate.js'
import { decodeEvents } from '../step-events/decode.js'
import { PHASE_COUNT, PHASE_SLOTS } from '../step-events/phase-row.js'

/** A step of the history; both clocks in milliseconds, `NaN` where a phase was not measured. */
export interface HistoryStep {
  readonly globalRank: number
  readonly step: number
  /** Unix seconds at which it ended, null when the producer did not say. */
  readonly endSeconds: number | null
  /** By position in `PHASES`; valid until the next step is asked for. */
  readonly cpuMs: Float64Array
  readonly gpuMs: Float64Array
}

interface Row {
  readonly global_rank: number
  readonly step: number
  readonly sample_ts_s: number | null
  readonly events_json: string
}

/**
 * Every step of the history: rank after rank, each rank's steps ascending. A step that was stored
 * twice counts once, as it was stored last. Memory does not grow with the length of the run.
 */
export function* iterateSteps(handle: SqliteHandle): Generator<HistoryStep> {
  if (columnNames(handle, 'step_time_samples').length === 0) return
  const query = builder
    .selectFrom('step_time_samples')
    .select(['global_rank', 'step', 'sample_ts_s', 'events_json'])
    .where('global_rank', 'is not', null)
    .where('step', 'is not', null)
    .orderBy('global_rank')
    .orderBy('step')
    .orderBy('id')
    .compile()
  const values = new Float64Array(PHASE_SLOTS)
  const cpuMs = values.subarray(0, PHASE_COUNT)
  const gpuMs = values.subarray(PHASE_COUNT)
  let waiting: Row | null = null
  const decoded = (row: Row): HistoryStep | null => {
    if (decodeEvents(row.events_json, values, 0) < 0) return null
    return {
      globalRank: row.global_rank,
      step: row.step,
      endSeconds: row.sample_ts_s,
      cpuMs,
      gpuMs,
    }
  }
  for (const row of handle.prepare(query.sql).iterate() as IterableIterator<Row>) {
    const last: Row | null = waiting
    waiting = row
    if (last === null || (last.global_rank === row.global_rank && last.step === row.step)) continue
    const step = decoded(last)
    if (step !== null) yield step
  }
  const step = waiting === null ? null : decoded(waiting)
  if (step !== null) yield step
}
