/**
 * What hooks inside a JavaScript runtime publish about a training (see `StepRecorder.publish`), for
 * the sampler of `@traceml/javascript`. Counters are sums since the hooks were installed: the newest
 * fact of a kind replaces the one before. Missing is null, a measured zero is zero.
 */

/** Topic of {@link JavaScriptFact}. */
export const JAVASCRIPT_TOPIC = 'javascript'

/**
 * Step events beside the phases. Their time lies inside the step: readers that do not know them
 * find it in the residual.
 */
export const JAVASCRIPT_EVENTS = {
  /** Waiting for results of the device with the thread blocked: `dataSync`, `arraySync`. */
  syncRead: '_traceml_js:sync_read',
  /** Waiting for results of the device while nothing else of the training ran: `data`, `array`. */
  asyncRead: '_traceml_js:async_read',
  /** The training loop of the library gave the thread to others: `nextFrame`. */
  yieldWait: '_traceml_js:yield_wait',
} as const

/** Any of the facts. */
export type JavaScriptFact =
  | JavaScriptCountersFact
  | JavaScriptLoopFact
  | JavaScriptGarbageFact
  | JavaScriptSiteFact
  | JavaScriptVisibilityFact
  | JavaScriptContextLostFact

/** What the hooks on TensorFlow.js count. Published now and then while steps are made. */
export type JavaScriptCountersFact = {
  readonly kind: 'counters'
  /** Where the training runs: `node`, a `page`, or a web `worker`. */
  readonly host: 'node' | 'page' | 'worker'
  readonly backend: string | null
  /** Steps that the hooks saw so far. */
  readonly step: number
  /** Memory of the GPU's textures and buffers in use, and with the free ones of the pool. */
  readonly gpu_used_bytes: number | null
  readonly gpu_allocated_bytes: number | null
  /** Length of the memory of the WebAssembly module now, and after the warm-up. */
  readonly wasm_heap_bytes: number | null
  readonly wasm_heap_start_bytes: number | null
  /** Separate steps after the warm-up in which it grew. */
  readonly wasm_heap_growths: number
  /** Memory that the training can still take before the host, or the address space, is full. */
  readonly available_bytes: number | null
  /** Values of the host's that were made tensors. */
  readonly upload_tensors: number
  readonly upload_bytes: number
  /** Of one step that was counted; products of matrix operations and convolutions. */
  readonly multiply_adds_per_step: number | null
  readonly kernels_per_step: number | null
  /** Steps whose input had a shape that no step before had, and what their computation took. */
  readonly new_shape_steps: number
  readonly new_shape_ms: number
  readonly known_shape_steps: number
  readonly known_shape_ms: number
  /** New shapes that took more than three times what steps of known shapes take; the slowest few. */
  readonly slow_shape_steps: number
  readonly slow_shape_ms: number
  readonly slow_shapes: readonly JavaScriptShape[]
  /** Live tensors at the ends of repeated calls. */
  readonly calls: Readonly<Record<JavaScriptCall, JavaScriptCallLevels>>
  /** `yieldEvery` of the newest `fit`; null when it was left at its default. */
  readonly yield_every: string | null
  /** Why `memory()` does not trust its numbers. */
  readonly unreliable_reasons: readonly string[]
}

/** Calls at whose ends live tensors are compared. */
export type JavaScriptCall = 'fit' | 'epoch' | 'save'

/** Live tensors over repeated calls. */
export type JavaScriptCallLevels = {
  readonly calls: number
  /**
   * By how much live tensors rose from the end of one call to the end of the next (`fit`, `epoch`)
   * or within the call (`save`); the newest 32, oldest first.
   */
  readonly rises: readonly number[]
}

/** A shape of a step's input. */
export type JavaScriptShape = {
  /** For example `[17,64]`. */
  readonly shape: string
  /** The first step with it, and what its computation took. */
  readonly step: number
  readonly first_ms: number
}

/** How long the thread kept its event loop waiting. */
export type JavaScriptLoopFact = {
  readonly kind: 'loop'
  /** Turns of the loop that were watched. */
  readonly turns: number
  /** By how much timers were late, 99th percentile over turns. */
  readonly delay_p99_ms: number
  /** The longest wait, also one that has not ended, and the step that was being made at its end. */
  readonly longest_ms: number
  readonly longest_step: number
  /** What would have run meanwhile, for example `Timeout`, `TCPServerWrap`; empty: nothing. */
  readonly waiting: readonly string[]
}

/** Time in the garbage collector, observed during parts of the run. */
export type JavaScriptGarbageFact = {
  readonly kind: 'garbage'
  readonly observed_ms: number
  readonly garbage_ms: number
  readonly collections: number
  readonly longest_ms: number
}

/** A line of the program that was found by a sampled stack. */
export type JavaScriptSiteFact = {
  readonly kind: 'site'
  /** What happens there: a read of results, or the making of a tensor that is never disposed. */
  readonly of: 'sync_read' | 'async_read' | 'leaked_tensor'
  /** `src/train.ts:41:18`, or a URL in a page; `library` when no line of the program is on the stack. */
  readonly at: string
  /** The function around it, or null. */
  readonly name: string | null
  /** Times that it was found so far. */
  readonly count: number
}

/** The page was hidden or shown. */
export type JavaScriptVisibilityFact = {
  readonly kind: 'visibility'
  readonly hidden: boolean
  /** Unix seconds. */
  readonly at: number
  /** Steps completed at that moment. */
  readonly step: number
}

/** The GPU context of a page was lost. */
export type JavaScriptContextLostFact = {
  readonly kind: 'context_lost'
  readonly api: 'webgl' | 'webgpu'
  readonly step: number
  /** GPU memory in use before, null when unknown. */
  readonly gpu_bytes: number | null
}
