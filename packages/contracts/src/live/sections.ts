import type { Diagnosis, Issue } from '../diagnosis.js'
import type { JsonObject } from '../json.js'
import type { LayerProfile } from '../layers.js'
import type { StepClock } from '../step-time.js'
import type { LiveRowBatch } from './engine.js'
import type { LivePhase, LivePhasesMs } from './ranks.js'
import type { LiveFreshness } from './state.js'
import type { LiveIssue, LiveTrend, LiveUnit, LiveVerdict } from './verdict.js'

/** One part of the view: what it says, how old it is, and what it shows. */
export interface LiveSection<Body> {
  readonly id: string
  readonly title: string
  readonly freshness: LiveFreshness
  /** Null while there is nothing to judge. */
  readonly verdict: LiveVerdict | null
  /** All findings, first the one of the verdict; empty while there is nothing to judge. */
  readonly issues: readonly LiveIssue[]
  /** Null while waiting, when not applicable and after an error without earlier numbers. */
  readonly body: Body | null
  /** One sentence when this tick could not compute it; the body is then the last good one. */
  readonly error: string | null
}

/** One figure over nodes or ranks. */
export interface LiveSpread {
  /** For example `cpu_percent`. */
  readonly key: string
  readonly label: string
  readonly unit: LiveUnit
  readonly median: number | null
  /** Highest where more is worse, lowest where less is. */
  readonly worst: number | null
  /** Node rank or global rank that has it; null when it is unknown. */
  readonly worst_idx: number | null
}

/** Newest samples of one node, oldest first; at most 60, all arrays equally long. */
export interface LiveNodeSeries {
  readonly node_rank: number | null
  /** Unix seconds. */
  readonly ts: readonly number[]
  readonly cpu_percent: readonly (number | null)[]
  readonly ram_percent: readonly (number | null)[]
  /** Mean over the node's GPUs. */
  readonly gpu_util_percent: readonly (number | null)[]
  /** Fullest GPU. */
  readonly gpu_memory_percent: readonly (number | null)[]
}

/** Body of the `system` section; the nodes themselves are `payload.nodes`. */
export interface LiveSystemBody {
  readonly spreads: readonly LiveSpread[]
  readonly series: readonly LiveNodeSeries[]
}

/** Body of the `process` section; the processes themselves are in `payload.ranks`. */
export interface LiveProcessBody {
  readonly spreads: readonly LiveSpread[]
  /** Largest minus smallest GPU memory in use over ranks; null with fewer than two. */
  readonly gpu_used_imbalance_bytes: number | null
  /** Over ranks, oldest first; at most 60 points. */
  readonly series: {
    /** Unix seconds. */
    readonly ts: readonly number[]
    readonly cpu_percent_max: readonly (number | null)[]
    readonly rss_bytes_max: readonly (number | null)[]
    readonly gpu_used_bytes_max: readonly (number | null)[]
  }
}

/** One measure of the step over ranks. */
export interface LiveStepMetric {
  readonly key: 'step_time' | LivePhase
  readonly label: string
  /** Of the ranks' averages over the window. */
  readonly median_ms: number
  readonly worst_ms: number
  readonly worst_rank: number
  /** (worst − median) / median, a fraction; null with fewer than two ranks. */
  readonly skew_ratio: number | null
  /** Median over ranks of its part of the step time, a fraction; null when unknown. */
  readonly share_ratio: number | null
}

/** What one real rank's step is made of. */
export interface LiveComposition {
  readonly rank: number
  readonly step_time_ms: number
  readonly phases_ms: LivePhasesMs
}

/** A rank that others wait for, and whether that is a habit. */
export interface LiveStraggler {
  readonly rank: number
  /** What makes it late, where that is known. */
  readonly cause: 'input' | 'h2d' | 'compute' | null
  /** What it costs the ranks that wait, on average over the window. */
  readonly cost_ms: number
  /** Part of the window's steps in which a rank was late by more than the threshold, 0 to 1. */
  readonly recurrence_ratio: number
  /** Part of those late steps in which it was this rank, 0 to 1. */
  readonly same_rank_ratio: number
  /** Steps that were compared. */
  readonly steps: number
  /** `persistent`: recurs with the same rank; `rotating`: recurs with others; else `occasional`. */
  readonly pattern: 'persistent' | 'rotating' | 'occasional'
}

/** Newest steps, oldest first; at most 100, all arrays equally long. Gaps in `steps` are real. */
export interface LiveStepSeries {
  readonly steps: readonly number[]
  readonly median_ms: readonly (number | null)[]
  readonly worst_ms: readonly (number | null)[]
  readonly worst_rank: readonly (number | null)[]
  /** Rank whose parts `phases_ms` shows; null when no rank has them. */
  readonly rank: number | null
  readonly phases_ms: Readonly<Record<LivePhase, readonly (number | null)[]>>
}

/** Step times by rank and step for a heat map: the newest steps, at most 4,096 cells. */
export interface LiveStepHeat {
  readonly steps: readonly number[]
  readonly ranks: readonly number[]
  /** Shape [ranks][steps]. */
  readonly step_time_ms: readonly (readonly (number | null)[])[]
  /**
   * The same without the phase in which ranks wait for each other: tells a late rank from those
   * that wait for it. Null where the parts were not measured or there is one rank.
   */
  readonly own_time_ms: readonly (readonly (number | null)[])[]
}

/** Body of the `step_time` section. */
export interface LiveStepTimeBody {
  readonly clock: StepClock
  readonly window: {
    /** Steps that all ranks have and that are judged. */
    readonly steps_used: number
    readonly steps_wanted: number
    readonly first_step: number | null
    readonly last_step: number | null
    /** Ranks in the window, and ranks of the run so far. */
    readonly ranks_present: number
    readonly ranks_known: number
  }
  /** Step time first, then the parts in their order; only what was measured. */
  readonly metrics: readonly LiveStepMetric[]
  readonly composition: LiveComposition | null
  readonly straggler: LiveStraggler | null
  /** Of the step time's median; null when there are too few steps. */
  readonly trend: LiveTrend | null
  readonly series: LiveStepSeries
  readonly heat: LiveStepHeat
}

/** One kind of memory over ranks. */
export interface LiveMemoryMetric {
  readonly key: 'peak_allocated' | 'peak_reserved' | 'live'
  readonly label: string
  /** Of the ranks' largest values in the window. */
  readonly median_bytes: number
  readonly worst_bytes: number
  readonly worst_rank: number | null
  readonly skew_ratio: number | null
  /** Newest value of the worst rank's series. */
  readonly now_bytes: number | null
  readonly trend: LiveTrend | null
  /** Newest steps, oldest first; at most 100, all arrays equally long. */
  readonly series: {
    readonly steps: readonly number[]
    readonly median_bytes: readonly (number | null)[]
    readonly worst_bytes: readonly (number | null)[]
  }
}

/** Body of the `step_memory` section. */
export interface LiveStepMemoryBody {
  /** First the one that the verdict is about. */
  readonly metrics: readonly LiveMemoryMetric[]
  readonly device: string | null
  /** Memory of the smallest device; null when unknown. */
  readonly capacity_bytes: number | null
  /** Fullest rank's peak / its capacity, 0 to 1; null when unknown. */
  readonly pressure_ratio: number | null
}

/** The built-in sections. */
export interface LiveSections {
  readonly system: LiveSection<LiveSystemBody>
  readonly process: LiveSection<LiveProcessBody>
  readonly step_time: LiveSection<LiveStepTimeBody>
  readonly step_memory: LiveSection<LiveStepMemoryBody>
  /** Of the deep profile; `not_applicable` in every other. Not all layers have an entry of their own. */
  readonly layers: LiveSection<LayerProfile>
}

/** Sections that others registered, by id; their bodies are their own. */
export type LiveExtraSections = Readonly<Record<string, LiveSection<JsonObject>>>

/** What a section of somebody else's shows right now. */
export interface LiveSectionResult {
  readonly diagnosis: Diagnosis
  /** The leading one first; a calm state is an issue, too. */
  readonly issues: readonly Issue[]
  readonly body: JsonObject
}

/** The state of such a section for one run: rows in, result out; no clock, no timer, no I/O. Bounded. */
export interface LiveSectionReader {
  /**
   * Takes in what arrived, and returns whether there was anything for it. It may throw: that costs
   * this batch.
   */
  add(batch: LiveRowBatch): boolean
  /** Called at a tick after something new arrived; null: the run has nothing of the kind. */
  read(): LiveSectionResult | null
}

/**
 * A section of the live payload by somebody else (`extra_sections`). Its verdict is the run's where it
 * is the most severe one.
 */
export interface LiveSectionSpec {
  readonly apiVersion: 1
  readonly kind: 'live-section'
  /** Key in the payload; namespaced for third parties: `acme/disk`. */
  readonly id: string
  readonly title: string
  create(): LiveSectionReader
}

/** Checks and infers a {@link LiveSectionSpec}; returns its argument. */
export function defineLiveSection(spec: LiveSectionSpec): LiveSectionSpec {
  return spec
}
