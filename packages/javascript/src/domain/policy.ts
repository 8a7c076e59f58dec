/** Thresholds of the domain of JavaScript findings. Shares are fractions of 1; every limit itself fires. */
export interface JavaScriptPolicy {
  readonly name: string
  /** Steps after the warm-up below which nothing is said of steps. */
  readonly minSteps: number
  /** Tensors a step, part of steps without a fall, and the smallest rise over all. */
  readonly leak: {
    readonly minPerStep: number
    readonly minNonNegativeRatio: number
    readonly minRise: number
    /** The last third must still rise at this part of the whole rate. */
    readonly minLateRatio: number
    /** Memory is full in less than this: critical. */
    readonly critSecondsToLimit: number
  }
  readonly leakPerCall: { readonly minCalls: number; readonly minRisingRatio: number }
  readonly gpuPool: {
    readonly minFreeRatio: number
    readonly minFreeBytes: number
    readonly minRises: number
  }
  readonly wasmHeapMinGrowths: number
  /** Waits for results, uploads: shares of step time. */
  readonly readShare: Band
  readonly uploadShare: Band
  /** Garbage collection: share of the observed time, and how many must have been seen. */
  readonly garbageShare: Band & {
    readonly minObservedMs: number
    readonly minCollections: number
    readonly minGarbageMs: number
  }
  readonly yieldWarnShare: number
  readonly warmup: { readonly minRatio: number; readonly minFirstMs: number }
  readonly recompiles: { readonly minStepRatio: number; readonly minSteps: number }
  readonly backend: {
    /** Multiply-adds of a step from which the plain `cpu` backend is too slow. */
    readonly cpuMaxMultiplyAdds: number
    /** Below which a GPU is not worth its dispatches. */
    readonly gpuMinMultiplyAdds: number
  }
  readonly background: { readonly minRatio: number; readonly minSteps: number }
  /** 99th percentile of the delay of timers. */
  readonly loopDelayMs: { readonly page: number; readonly node: number }
}

/** From where on a share is worth a warning, and from where on it is critical. */
export interface Band {
  readonly warn: number
  readonly crit: number
}

const MIB = 1024 ** 2

/**
 * The default. Where the numbers come from: shares of 0.1 and 0.2 are those of the step-time domain
 * for waits; a healthy TensorFlow.js training collects garbage for up to a tenth of the time; half a tensor a step is a leak in at least every other step; 256 MiB is what a GPU of an
 * office machine can still spare; 1 M multiply-adds take a GPU less than the dispatch of its kernels,
 * 100 M take plain JavaScript a tenth of a second and more; 100 ms is when a person notices, 1 s when
 * clients of a server give up. docs/javascript-findings.md has the source of each.
 */
export const JAVASCRIPT_POLICY: JavaScriptPolicy = {
  name: 'javascript',
  minSteps: 20,
  leak: {
    minPerStep: 0.5,
    minNonNegativeRatio: 0.9,
    minRise: 10,
    minLateRatio: 0.25,
    critSecondsToLimit: 3600,
  },
  leakPerCall: { minCalls: 3, minRisingRatio: 0.9 },
  gpuPool: { minFreeRatio: 0.5, minFreeBytes: 256 * MIB, minRises: 3 },
  wasmHeapMinGrowths: 3,
  readShare: { warn: 0.1, crit: 0.2 },
  uploadShare: { warn: 0.1, crit: 0.2 },
  garbageShare: {
    warn: 0.15,
    crit: 0.25,
    minObservedMs: 500,
    minCollections: 5,
    minGarbageMs: 250,
  },
  yieldWarnShare: 0.1,
  warmup: { minRatio: 10, minFirstMs: 1000 },
  recompiles: { minStepRatio: 0.02, minSteps: 3 },
  backend: { cpuMaxMultiplyAdds: 100e6, gpuMinMultiplyAdds: 1e6 },
  background: { minRatio: 5, minSteps: 3 },
  loopDelayMs: { page: 100, node: 1000 },
}
