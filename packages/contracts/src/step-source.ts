/** One completed step as the recorder hands it to samplers. Valid only during the callback. */
export interface RecordedStep {
  /** 1 for the first completed step. */
  readonly step: number
  /** Unix seconds when the step ended. */
  readonly endTimeSeconds: number
  /** Device label of the step's events, for example `cpu`, `wasm`, `webgl`. */
  readonly device: string
  /** Number of distinct events of this step. */
  readonly eventCount: number
  /** Name of the i-th event as it travels, for example `_traceml_internal:forward_time`. */
  eventName(index: number): string
  /** Host milliseconds of the i-th event, summed over its calls. */
  eventMs(index: number): number
  eventCalls(index: number): number
  /** Bytes of live tensors at the end of the step, or null when not known. */
  readonly liveBytes: number | null
  /** Live tensors at the end of the step, or null when not known. */
  readonly liveTensorCount: number | null
}

/** Completed steps waiting in the shared ring. Several samplers may read the same steps. */
export interface StepSource {
  /**
   * Calls `visit` for every step completed since this reader's last call, oldest first. Each
   * reader (one per sampler) has its own position.
   */
  read(reader: string, visit: (step: RecordedStep) => void): void
  /** True when `reader` has unread steps. */
  hasUnread(reader: string): boolean
  /** Steps that were completed and did not fit into the ring. */
  droppedSteps(): number
  /** Steps completed so far, dropped ones included. */
  completedSteps(): number
  /** Facts of the run's environment that only the training thread knows, or null until known. */
  environment(): TrainingEnvironment | null
}

/** Published once by the training thread when it first knows. */
export interface TrainingEnvironment {
  /** Backend of the training library, for example `cpu`, `wasm`; null when unknown. */
  readonly backend: string | null
  readonly trainingStrategy: import('./step-time.js').TrainingStrategy
  readonly strategySource: 'runtime_model' | 'topology' | 'runtime_distributed' | 'unknown'
  readonly strategyConfidence: 'high' | 'low'
}
