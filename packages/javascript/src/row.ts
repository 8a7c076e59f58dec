import type {
  JavaScriptContextLostFact,
  JavaScriptCountersFact,
  JavaScriptGarbageFact,
  JavaScriptLoopFact,
  JavaScriptSiteFact,
} from '@traceml/contracts'

/** Name on the wire, and table, of the rows of this package. */
export const JAVASCRIPT_SAMPLER = 'JavaScriptRuntimeSampler'
export const JAVASCRIPT_TABLE = 'javascript_runtime'

/** Steps at the start of a run that say nothing of the rest: code is compiled, slots are made. */
export const WARMUP_STEPS = 5

/**
 * What is known of one rank at one moment. Every number is a sum, or a state, since the start of the
 * run: the newest row of a rank is all that a reader needs. Snake case, as it travels.
 */
export type JavaScriptRuntimeRow = {
  readonly seq: number
  /** Unix seconds. */
  readonly ts: number
  readonly steps: StepTotals
  readonly tensors: TensorHistory
  readonly visibility: VisibilityTotals
  readonly gpu_pool: GpuPoolTotals
  readonly counters: JavaScriptCountersFact | null
  readonly loop: JavaScriptLoopFact | null
  readonly garbage: JavaScriptGarbageFact | null
  readonly context_lost: JavaScriptContextLostFact | null
  /** The most frequent ones of each kind. */
  readonly sites: readonly JavaScriptSiteFact[]
}

/** Sums over the steps after the warm-up; milliseconds. */
export type StepTotals = {
  /** Newest step of the run. */
  readonly newest: number
  /** Steps behind the sums. */
  readonly counted: number
  /** Wall time from the first to the last of them. */
  readonly seconds: number
  /** Step time: the traced step and its input wait. */
  readonly step_ms: number
  readonly upload_ms: number
  readonly sync_read_ms: number
  readonly sync_reads: number
  readonly async_read_ms: number
  readonly async_reads: number
  readonly yield_ms: number
  readonly yields: number
  /** The first step of the run; null when it was not seen. */
  readonly first_step_ms: number | null
  /** Of the newest steps after the warm-up. */
  readonly median_step_ms: number | null
}

/** Live tensors at the end of steps. */
export type TensorHistory = {
  /** `[step, live tensors, live bytes]`, evenly over the steps after the warm-up, oldest first. */
  readonly series: readonly (readonly [step: number, count: number, bytes: number])[]
  /** Steps after which there were more, fewer, or as many as after the step before. */
  readonly ups: number
  readonly downs: number
  readonly levels: number
}

/** Steps of a page that was hidden, and of one that was shown. */
export type VisibilityTotals = {
  /** Null while the page is shown, or where there is none. */
  readonly hidden_since_step: number | null
  readonly hidden_steps: number
  readonly hidden_median_ms: number | null
  readonly shown_median_ms: number | null
  /** Steps that did not end before the page was shown again, and how long it was hidden for them. */
  readonly held_steps: number
  readonly held_seconds: number
}

/** How the memory that the library took from the GPU grew after the warm-up. */
export type GpuPoolTotals = {
  readonly start_bytes: number | null
  /** How often it was larger than ever before. */
  readonly rises: number
}
