/** The phases that are measured, in their fixed order. Everything else is derived from them. */
export const PHASES = [
  'input_wait',
  'h2d',
  'forward',
  'backward',
  'optimizer_step',
  'traced_step_time',
] as const

/** Key of a measured phase. */
export type Phase = (typeof PHASES)[number]

/** Position of each phase in {@link PHASES}. */
export const PHASE_INDEX: Readonly<Record<Phase, number>> = {
  input_wait: 0,
  h2d: 1,
  forward: 2,
  backward: 3,
  optimizer_step: 4,
  traced_step_time: 5,
}

/** Name of each phase's event on the wire and in `events_json`. */
export const PHASE_EVENTS: Readonly<Record<Phase, string>> = {
  input_wait: '_traceml_internal:dataloader_next',
  h2d: '_traceml_internal:h2d_time',
  forward: '_traceml_internal:forward_time',
  backward: '_traceml_internal:backward_time',
  optimizer_step: '_traceml_internal:optimizer_step',
  traced_step_time: '_traceml_internal:step_time',
}

/** `cpu`: host time around the region. `gpu`: time between two marks on the device's own stream. */
export type StepClock = 'cpu' | 'gpu'

/** Statistics of one event on one device within one step, exactly as on the wire. */
export interface StepEventStats {
  /** True when `duration_ms` is device time. */
  readonly is_gpu: boolean
  readonly duration_ms: number
  readonly cpu_ms: number
  readonly gpu_ms: number | null
  /** How many regions of this name were summed. */
  readonly n_calls: number
}

/** `events[event name][device]` of one step. */
export type StepEvents = Readonly<Record<string, Readonly<Record<string, StepEventStats>>>>

/** How a run trains across ranks; only `fsdp` changes a verdict. */
export type TrainingStrategy = 'ddp' | 'fsdp' | 'distributed_unknown' | 'single_process' | 'unknown'

/** The values that a stored strategy may have; anything else reads as `ddp`. */
export const TRAINING_STRATEGIES: readonly TrainingStrategy[] = [
  'ddp',
  'fsdp',
  'distributed_unknown',
  'single_process',
  'unknown',
]

/** Which steps to read: the newest `windowSize × lookbackFactor` distinct steps of each rank. */
export interface StepTimeRequest {
  /** Steps of the analysed window; values below 1 act as 1. */
  readonly windowSize: number
  /** Depth of selection as a multiple of the window; values below 1 act as 1. Default 1. */
  readonly lookbackFactor?: number
  /** Null or absent: all ranks. An empty list selects none. */
  readonly rankFilter?: readonly number[] | null
}

/**
 * The decoded steps of one rank as columns; every array has one entry a step.
 *
 * Typed arrays cannot hold null: inside these columns `NaN` is "not measured". It never leaves
 * the analysis.
 */
export interface RankStepColumns {
  readonly globalRank: number
  /** Step numbers, ascending and distinct; shape [steps]. */
  readonly steps: Float64Array
  /** Bit `i` set: phase `PHASES[i]` has an event in that row, even one without a usable clock. */
  readonly present: Uint8Array
  /** `cpuMs[phase index][i]` in milliseconds, NaN when not measured; shape [6][steps]. */
  readonly cpuMs: readonly Float64Array[]
  /** The same on the device's clock. */
  readonly gpuMs: readonly Float64Array[]
}

/** Identifies a state of the table, so that an unchanged one need not be decoded again. */
export interface StepTimeCursor {
  readonly lastRowId: number | null
  readonly latestStep: number | null
}

/** What a store hands to the Step Time analysis. */
export interface StepTimeSnapshot {
  /** Every rank that the store knows from any row, ascending. */
  readonly globalRanks: readonly number[]
  /** The ranks that have at least one decoded step, ascending by rank. */
  readonly ranks: readonly RankStepColumns[]
  /** By global rank as text; empty when read for a live view. */
  readonly identities: Readonly<Record<string, import('./identity.js').RankIdentity>>
  readonly cursor: StepTimeCursor
  readonly trainingStrategy: TrainingStrategy
}
