import {
  type LiveFacts,
  type LiveRowBatch,
  type LiveStepRows,
  PHASE_INDEX,
  PHASES,
  type Phase,
} from '@traceml/contracts'
import { STEP_SLOTS } from './rank-state.js'

/** One completed step as a program of your own measured it; absent phases are not measured. */
export interface MeasuredStep {
  readonly rank: number
  readonly step: number
  /** Milliseconds on the host's clock. `traced_step_time` is the step without `input_wait`. */
  readonly cpuMs: Readonly<Partial<Record<Phase, number>>>
  /** The same on the device's clock. */
  readonly gpuMs?: Readonly<Partial<Record<Phase, number>>>
}

/** Returns steps as the columns of a {@link LiveRowBatch}; values that are not finite are not measured. */
export function liveStepRows(steps: readonly MeasuredStep[]): LiveStepRows {
  const rows = {
    ranks: Float64Array.from(steps, ({ rank }) => rank),
    steps: Float64Array.from(steps, ({ step }) => step),
    present: new Uint8Array(steps.length),
    values: new Float64Array(steps.length * STEP_SLOTS).fill(Number.NaN),
  }
  for (const [index, { cpuMs, gpuMs = {} }] of steps.entries()) {
    for (const phase of PHASES) {
      const slot = index * STEP_SLOTS + PHASE_INDEX[phase]
      const onHost = put(rows.values, slot, cpuMs[phase])
      const onDevice = put(rows.values, slot + PHASES.length, gpuMs[phase])
      if (!onHost && !onDevice) continue
      rows.present[index] = (rows.present[index] ?? 0) | (1 << PHASE_INDEX[phase])
    }
  }
  return rows
}

/** Returns a batch of what is given; the rest is empty. */
export function liveBatch(parts: Partial<LiveRowBatch>): LiveRowBatch {
  return {
    identities: [],
    steps: null,
    memory: null,
    system: [],
    gpus: [],
    gpuDevices: [],
    process: [],
    lines: [],
    layerModels: [],
    layerSamples: [],
    strategy: null,
    ...parts,
  }
}

/** Returns the facts of a run that goes on; what is not given is not known, or nothing. */
export function liveFacts(
  facts: Pick<LiveFacts, 'now_s' | 'wall_s'> & Partial<LiveFacts>,
): LiveFacts {
  return {
    status: 'running',
    ranks: null,
    ranks_expected: null,
    end: null,
    rows_received: 0,
    bytes_received: 0,
    steps_lost: null,
    rows_lost: 0,
    messages_lost: 0,
    backlog_messages: 0,
    notes: [],
    ...facts,
  }
}

function put(values: Float64Array, slot: number, value: number | undefined): boolean {
  if (value === undefined || !Number.isFinite(value)) return false
  values[slot] = Math.max(0, value)
  return true
}
