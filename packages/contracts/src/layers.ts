import type { JsonObject } from './json.js'

/**
 * The deep profile: what each layer of a model costs. Sampled: only every n-th step is measured.
 *
 * A layer is named by its path in the model, parts joined by `.` (`encoder.0.attention`). Times are
 * self times: what is spent in a layer without the layers inside it, so that they add up.
 */

/** Topic of {@link LayerFact}. */
export const LAYER_TOPIC = 'layers'

/** Layers of one model, published when it is first seen and whenever they change. */
export interface LayerModelFact extends JsonObject {
  readonly type: 'model'
  /** Counts the models of this process, from 0, in the order in which they were first seen. */
  readonly model_index: number
  /** Name that the user or the library gave it; null when it has none. */
  readonly model_name: string | null
  /** Every measured layer, also one without parameters; in the order of the model. */
  readonly layers: readonly string[]
  /** Class of the layer, for example `Dense`; null for a function that was only given a name. */
  readonly layer_types: readonly (string | null)[]
  /** Bytes of the layer's own parameters; a shared parameter counts where it is first met. */
  readonly layer_bytes: readonly number[]
  /** Of them, bytes that are trained: 0 for a frozen layer. */
  readonly layer_trainable_bytes: readonly number[]
}

/** What the layers of one model cost in one half of a sampled step; all lists parallel. */
export interface LayerPass extends JsonObject {
  readonly layers: readonly string[]
  /** Self time on the host's clock, summed over the calls of the step. */
  readonly cpu_ms: readonly number[]
  /** Self time on the device's clock; null where there is none. */
  readonly gpu_ms: readonly (number | null)[]
  readonly n_calls: readonly number[]
  /**
   * Forward: bytes of the largest output of a call. Backward: bytes of the largest gradient of its
   * outputs. What the calls hand on, not what an allocator keeps. Null where it is not known.
   */
  readonly bytes: readonly (number | null)[]
  /** The whole phase of that step, host milliseconds, its layers included; null when not seen. */
  readonly phase_cpu_ms: number | null
  /** The same on the device's clock. */
  readonly phase_gpu_ms: number | null
}

/** One sampled step of one model. */
export interface LayerStepFact extends JsonObject {
  readonly type: 'step'
  readonly model_index: number
  /** Number of the completed step, as in the step rows. */
  readonly step: number
  /** Unix seconds when it ended. */
  readonly ts: number
  /** For example `cpu`, `webgl`, `cuda:0`. */
  readonly device: string
  readonly forward: LayerPass
  /** Null where a backward pass could not be followed. */
  readonly backward: LayerPass | null
  /** Every so many steps one is sampled, at the moment. */
  readonly every: number
  /** What sampling added to this step, milliseconds, as estimated from its own calls. */
  readonly cost_ms: number
  /** Traced time of this step, milliseconds, the cost included. */
  readonly step_ms: number
}

/** What is published under {@link LAYER_TOPIC}. */
export type LayerFact = LayerModelFact | LayerStepFact

/** Which half of a step, and what of it. */
export const LAYER_KINDS = [
  'forward_time',
  'backward_time',
  'forward_memory',
  'backward_memory',
] as const

/** Kind of a {@link LayerSampleRow}. */
export type LayerKind = (typeof LAYER_KINDS)[number]

/** Part of step time that the deep profile may cost when nothing else is said: 5 %. */
export const DEFAULT_LAYER_BUDGET = 0.05

/**
 * The part of step time that a text allows: `5%`, `5 %` or `0.05`.
 *
 * @returns Above 0 and at most 1; null for anything else.
 */
export function parseLayerBudget(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*(%?)\s*$/.exec(text)
  if (match === null) return null
  const value = Number(match[1]) / (match[2] === '%' ? 100 : 1)
  return value > 0 && value <= 1 ? value : null
}

/** A row of the history: the layers of one architecture of one rank. */
export interface LayerModelRow {
  readonly id: number
  readonly global_rank: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly sample_ts_s: number | null
  readonly model_index: number | null
  readonly model_name: string | null
  /** Equal on ranks with the same parameters: MD5 of `name:bytes` joined by `|`, names sorted, layers without parameters left out. */
  readonly model_signature: string | null
  readonly layers: readonly string[]
  readonly layer_bytes: readonly number[]
  /** Null from producers that do not say. */
  readonly layer_types: readonly (string | null)[] | null
  readonly layer_trainable_bytes: readonly number[] | null
}

/** A row of the history: one quantity of the layers of one model in one sampled step of one rank. */
export interface LayerSampleRow {
  readonly id: number
  readonly global_rank: number | null
  readonly node_rank: number | null
  readonly hostname: string | null
  readonly sample_ts_s: number | null
  readonly kind: LayerKind
  /** Identity of the model within its process: our producers send its `model_index`. */
  readonly model_id: number | null
  readonly step: number | null
  readonly device: string | null
  readonly layers: readonly string[]
  /** Times: host milliseconds. Memory: bytes. Parallel to `layers`. */
  readonly values: readonly (number | null)[]
  /** Device milliseconds; null for memory and where no layer has them. */
  readonly gpu_ms: readonly (number | null)[] | null
  /** Null for memory. */
  readonly n_calls: readonly (number | null)[] | null
  /** The four below are null from producers that do not say, and for memory. */
  readonly phase_cpu_ms: number | null
  readonly phase_gpu_ms: number | null
  /** Forward time only. */
  readonly every: number | null
  readonly cost_ms: number | null
  readonly step_ms: number | null
}

/** Which layers to read: per rank the newest sampled steps. */
export interface LayerRequest {
  /** Sampled steps per rank and model, at most. */
  readonly windowSteps: number
}

/** What the layers section reads. */
export interface LayerWindow {
  /** Newest row per rank and model, by rank, then model. */
  readonly models: readonly LayerModelRow[]
  /** By rank, then id. */
  readonly samples: readonly LayerSampleRow[]
}

/** A cost of one layer, or of several that are drawn as one; null is "not measured". */
export interface LayerCost {
  readonly forward_ms: number | null
  readonly backward_ms: number | null
  /** Forward and backward together, milliseconds a step. */
  readonly total_ms: number | null
  /** Part of the profile's `total_ms`, 0 to 1; entries, `other` and `outside` add up to 1. */
  readonly time_share: number | null
  readonly param_bytes: number | null
  readonly trainable_bytes: number | null
  readonly forward_bytes: number | null
  readonly backward_bytes: number | null
  /** Parameters, outputs and their gradients together. */
  readonly memory_bytes: number | null
  /** Part of the profile's `memory_bytes`, 0 to 1; entries and `other` add up to 1. */
  readonly memory_share: number | null
}

/**
 * One layer over all ranks. Its times are those of the rank on which forward and backward together
 * take longest, its memory that of the rank where it is largest: numbers of one rank add up.
 */
export interface LayerEntry extends LayerCost {
  readonly name: string
  /** Null with one model. */
  readonly model: string | null
  readonly type: string | null
  /** Calls a step; more than 1 for a shared or recursive layer. */
  readonly calls: number | null
  /** Rank with the largest forward and backward time; the lowest of equal ones; null when unknown. */
  readonly worst_rank: number | null
  /** Total of the worst rank over the median of the ranks, minus 1; null with one rank. */
  readonly skew_ratio: number | null
  /** Largest total of one sampled step on any rank, milliseconds. */
  readonly peak_ms: number | null
}

/** Layers with a common beginning of their path, for example those of `encoder.0`. */
export interface LayerGroup extends LayerCost {
  /** The common path; with several models it begins with the name of the model. */
  readonly path: string
  /** 0 for the outermost; each group follows the one that it is in. */
  readonly depth: number
  readonly layers: number
}

/** What the deep profile itself costs. */
export interface LayerProfileCost {
  /** One step in so many is sampled now, on the rank that samples most rarely. */
  readonly every: number | null
  /**
   * Median cost of a sampled step, milliseconds, on the rank where it is largest: what the rate is
   * decided by. A pause of the whole process that falls into a hook is no cost of it.
   */
  readonly sampled_step_cost_ms: number | null
  /** That cost spread over all steps, as part of the time of a step without it; null when unknown. */
  readonly cost_ratio: number | null
}

/** The layers of a run, combined over its ranks: what every surface draws. Plain JSON. */
export interface LayerProfile {
  /** Clock of the times; layers of different clocks are never combined. Null without times. */
  readonly clock: 'cpu' | 'gpu' | null
  readonly device: string | null
  readonly models: readonly string[]
  readonly ranks_used: readonly number[]
  /** Ranks of the run without a sampled step. */
  readonly ranks_missing: readonly number[]
  /** Ranks whose layers or parameters differ from those of the lowest rank: left out. */
  readonly ranks_different: readonly number[]
  /** Sampled steps of the rank with the fewest. */
  readonly steps_sampled: number
  readonly first_step: number | null
  readonly last_step: number | null
  /** Layers by total time, longest first; then those without times, by memory. */
  readonly entries: readonly LayerEntry[]
  /** Layers beyond the entries; null when there are none. */
  readonly other: (LayerCost & { readonly layers: number }) | null
  /**
   * All layers by path, in the order of the model, each group after the one it is in. Small groups
   * are missing from it, so that those of a depth may add up to less than the one they are in.
   */
  readonly groups: readonly LayerGroup[]
  /** Forward and backward outside of any layer: the loss, the walk over the tape; null when not known. */
  readonly outside: Pick<LayerCost, 'forward_ms' | 'backward_ms' | 'total_ms' | 'time_share'> | null
  /** Sums of the above. */
  readonly total_ms: number | null
  readonly forward_ms: number | null
  readonly backward_ms: number | null
  readonly memory_bytes: number | null
  readonly param_bytes: number | null
  readonly cost: LayerProfileCost
  /** Sentences about what is not in the numbers; empty when all is well. */
  readonly notes: readonly string[]
}
