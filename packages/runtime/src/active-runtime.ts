import type { LayerRecorder } from './layers/layer-library.js'
import type { RuntimeOptions } from './lifecycle/runtime-options.js'
import type { PhaseGuard } from './phase-guard.js'
import type { RingStepRecorder } from './recorder/step-recorder.js'
import type { InitConfig } from './sdk/init-config.js'

/** What records a training, in Node or in a page. One that could not start does nothing. */
export interface TrainingRuntime {
  readonly apiVersion: 1
  /** False for one that could not start. */
  readonly active: boolean
  readonly recorder: RingStepRecorder
  readonly phases: PhaseGuard
  /** Measures layers: only in the deep profile, and once {@link TrainingRuntime.ready} has resolved. */
  readonly layers: LayerRecorder | null
  /** Resolves when what the profile needs is loaded; never rejects. */
  readonly ready: Promise<void>
  /**
   * Resolves when everything recorded so far has arrived, at most after `timeoutMs`.
   * @returns False when some of it did not arrive.
   */
  flush(timeoutMs: number): Promise<boolean>
  /** Sends what is left and ends the runtime; idempotent, bounded by about two seconds. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A runtime of this process. */
export interface RuntimeHandle extends TrainingRuntime {
  readonly options: RuntimeOptions
  /**
   * Blocks until the first connection is made or refused for good, at most `timeoutMs`.
   * @returns True when the aggregator was reached.
   */
  waitForAggregator(timeoutMs: number): boolean
}

/** What `init` was asked for, and what came of it. */
export interface InitState {
  readonly requested: InitConfig
  readonly config: InitConfig
}

interface ProcessSlot {
  current: TrainingRuntime | null
  init: InitState | null
}

const KEY = Symbol.for('traceml.runtime')
let slot: ProcessSlot | null = null

/** The runtime that records this process, shared by every copy of this package, or null. */
export function activeRuntime(): RuntimeHandle | null {
  // In a process only such are made.
  return recordingRuntime() as RuntimeHandle | null
}

/** What records here, in a process, a page or a worker of a page, or null. */
export function recordingRuntime(): TrainingRuntime | null {
  return (slot ?? processSlot()).current
}

/** Makes `handle` the runtime of the process, or none. @internal */
export function setActiveRuntime(handle: TrainingRuntime | null): void {
  processSlot().current = handle
}

/** What `init` settled for this process, whichever copy of the package was asked. @internal */
export function initState(): InitState | null {
  return processSlot().init
}

/** Remembers or forgets it. @internal */
export function setInitState(state: InitState | null): void {
  processSlot().init = state
}

function processSlot(): ProcessSlot {
  const shared = globalThis as { [KEY]?: ProcessSlot }
  shared[KEY] ??= { current: null, init: null }
  slot = shared[KEY]
  return slot
}
