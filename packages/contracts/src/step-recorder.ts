import type { JsonObject } from './json.js'
import type { TrainingEnvironment } from './step-source.js'

/**
 * Records the steps of the training thread. Instrumentations (the SDK, the TensorFlow.js hooks)
 * write here; the agent thread reads the other end as a {@link StepSource}.
 *
 * Nothing here throws, blocks or does I/O, and only `publish` allocates per call. Times are monotonic milliseconds
 * of `performance.now()`. Everything is a no-op while `enabled` is false.
 */
export interface StepRecorder {
  /** False when no run is active, or recording has reached its limit. */
  readonly enabled: boolean
  /** Who says where a step begins and ends: the first explicit `traceStep` takes over for good. */
  readonly boundaryOwner: 'auto' | 'sdk'
  /** Number of an event name, made on first use; −1 when the table of names is full. */
  slot(eventName: string): number
  /** Adds one timed region to the step being recorded; regions of one slot are summed. */
  add(slot: number, durationMs: number): void
  /**
   * Completes the step: what was added since the last commit or discard belongs to it.
   * @param tracedStepMs - Duration of the step's envelope, without the input wait.
   * @param endMs - `performance.now()` when the step ended.
   */
  commit(tracedStepMs: number, endMs: number): void
  /** Forgets what was added since the last commit: the step failed or was not a training step. */
  discard(): void
  /** Live tensors of the step being recorded. */
  setMemory(liveBytes: number, liveTensorCount: number): void
  /** Device label of the events from now on; default `cpu`. */
  setDevice(label: string): void
  /** Publishes the training's environment; the first call wins. */
  setEnvironment(environment: TrainingEnvironment): void
  /**
   * Publishes a fact for the samplers ({@link FactSource}). Costs some ten microseconds: for what is
   * rare or sampled, not for every step. The fact is copied.
   */
  publish(topic: string, fact: JsonObject): void
  /** Called by the SDK's explicit steps. */
  claimBoundaries(): void
}
