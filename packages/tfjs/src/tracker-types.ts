import type { StepRecorder } from '@traceml/contracts'
import type { DeviceClock } from './device-clock/device-clock.js'
import type { FetchSource } from './fetch-sources.js'
import type { AskChoice } from './hook-choice.js'
import type { EngineLike } from './library.js'
import type { LayerHooks } from './load-layer-hooks.js'
import type { HostSignals } from './signals/host-signals.js'
import type { TrainingSignals } from './signals/training-signals.js'

/** Which loop of the library drives the steps. */
export type LoopKind = 'fit' | 'fitDataset'

/** What kinds of synchronous work are timed. */
export type RegionKind = 'gradient' | 'update'

/** Synchronous work of a step: a region, or `minimize`, which contains one of each. */
type ComputeKind = RegionKind | 'minimize'

/** Decides with the SDK which of nested regions of one phase counts. Neither method throws. */
export interface RegionGuard {
  enterPhase(slot: number): boolean
  leavePhase(slot: number): void
  /** True while an explicit step is open. */
  readonly stepOpen?: boolean
}

/** A recorder that may know what others have added to the step being recorded. */
export interface TrackedRecorder extends StepRecorder {
  /** Milliseconds of a slot in the step being recorded. */
  pendingMs?(slot: number): number
  /** Undoes additions to the step being recorded. */
  retract?(slot: number, durationMs: number, calls: number): void
  /** Goes up with every commit and discard. */
  readonly epoch?: number
  /** Steps committed so far. */
  completedSteps?(): number
}

/** What the tracker needs. */
export interface StepTrackerOptions {
  readonly recorder: TrackedRecorder
  readonly engine: EngineLike
  /** Value of `WORLD_SIZE`. */
  readonly worldSize?: string | undefined
  /** Shared with the SDK's own regions; default: every outermost region counts. */
  readonly guard?: RegionGuard | undefined
  /** Opens the clock of a GPU, for backends whose work a host's clock does not see; default: none. */
  readonly openDeviceClock?:
    | ((engine: EngineLike, recorder: TrackedRecorder) => DeviceClock | null)
    | undefined
  /** Which hooks the program asked for; default: all. */
  readonly choice?: AskChoice | undefined
  /** Measures layers: what {@link loadLayerHooks} returned; default: they are not measured. */
  readonly layers?: LayerHooks | null | undefined
  /** Makes what knows the host of the training: its event loop, garbage, memory. Default: nothing. */
  readonly host?: (() => HostSignals) | null | undefined
  /** Monotonic milliseconds; default `performance.now()`. */
  readonly now?: () => number
}

/**
 * Turns what the hooks see into steps. It owns the question where a step begins and ends, unless
 * the SDK's explicit steps own it: then only phases are passed on.
 *
 * Nothing here throws. Every method takes and returns milliseconds of the same monotonic clock.
 */
export interface StepTracker {
  readonly recorder: StepRecorder
  /** What is seen beside the phases. */
  readonly signals: TrainingSignals
  /** True while hooks shall measure. */
  readonly active: boolean
  /** The clock of the GPU in use, or null. */
  readonly device: DeviceClock | null
  /** Nested depth of synchronous training work; hooks of helpers pass through above 0. */
  readonly computeDepth: number
  /** True when a layer that is called now is part of a training step. */
  readonly inStep: boolean
  now(): number
  /** Synchronous training work begins; the outermost one may begin the step. Returns the time. */
  beginCompute(kind: ComputeKind): number
  endCompute(succeeded: boolean, nowMs: number): void
  addGradient(forwardMs: number, backwardMs: number): void
  /**
   * A gradient call or an update begins.
   * @returns False within another one, whose time includes it; then nothing is to be ended.
   */
  beginRegion(kind: RegionKind): boolean
  endRegion(kind: RegionKind): void
  addOptimizer(durationMs: number): void
  /** An asynchronous call that is one whole step (`trainOnBatch`). */
  beginCall(): void
  endCall(succeeded: boolean): void
  /** A loop of the library begins or ends; within it, only {@link endBatch} completes steps. */
  beginLoop(kind: LoopKind): void
  endLoop(succeeded: boolean): void
  beginEpoch(): void
  beginBatch(): void
  endBatch(): void
  /** A wait for data. */
  beginFetch(source: FetchSource): void
  endFetch(): void
  /** Results of earlier steps are read, saved or written: work of the training, not its input. */
  beginResults(): void
  endResults(): void
  /**
   * A read of results of the device begins; `below` is the hook that tells of it.
   * @returns What {@link endRead} wants.
   */
  beginRead(isSync: boolean, below: (...args: never[]) => unknown): number
  endRead(isSync: boolean, startMs: number): void
  /** The library's loop waits for the next frame. */
  beginYield(): void
  endYield(): void
  /** A validation: a span that belongs to no step. */
  beginCut(): void
  endCut(): void
  /** A prediction: part of the loop's work where it comes every few steps, else a validation. */
  beginPrediction(): void
  endPrediction(): void
  /** An operation of the library has ended; `isAssignment`: a variable got a new value. */
  noteKernel(isAssignment: boolean): void
  /** A tensor was made from several values of the host's: what led to it may be input. */
  noteHostTensor(): void
  /** True when the time of a tensor's creation is a copy to the device of its own. */
  measuresUpload(): boolean
  addUpload(durationMs: number): void
  /** Ends tracking: completes gradient calls that are still undecided. */
  close(): void
}
