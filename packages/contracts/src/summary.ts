import type { Evidence, Issue, Severity } from './diagnosis.js'
import type { RankIdentity } from './identity.js'
import type { JsonObject } from './json.js'
import type { Logger } from './logger.js'
import type { RunStatus } from './manifest.js'
import type { Store } from './store.js'
import type { SectionDetails } from './summary-details.js'
import type { SummaryOutlook } from './summary-outlook.js'

/** Version of `final_summary.json` that writers produce. */
export const SUMMARY_SCHEMA_VERSION = 1.7

/** How many nodes a run (or section) saw. */
export type TopologyMode = 'single_node' | 'multi_node' | 'no_data'

/** `metadata` of a section; keys that do not apply are null. */
export interface SectionMetadata {
  readonly mode: TopologyMode
  readonly duration_s: number | null
  readonly samples: number | null
  readonly nodes_expected: number | null
  readonly nodes_observed: number | null
  readonly nodes_coverage: string | null
  readonly nodes_partial: boolean | null
  readonly gpus_observed: number | null
  readonly global_ranks_seen: number | null
  readonly global_ranks_used: number | null
  readonly training_total_steps: number | null
  readonly training_latest_step: number | null
  readonly section_metric_names: readonly string[]
}

/** A value and the row (rank or node) that it belongs to. */
export interface MetricPoint {
  readonly value: number | null
  readonly idx: string | null
}

/** Which samples or steps a section's numbers cover. */
export interface SectionWindow {
  readonly kind: 'sample_window' | 'step_window'
  readonly alignment: 'none' | 'common_steps'
  readonly samples: number | null
  readonly steps_analyzed: number | null
  readonly start_step: number | null
  readonly end_step: number | null
  readonly completed_step: number | null
  readonly window_size: number | null
  /** Only in the step-time section. */
  readonly diagnosis_clock?: 'cpu' | 'gpu'
}

/** The one shape of every section's payload: terminal, browser, JSON and HTML draw this. */
export interface SectionPayload {
  readonly metadata: SectionMetadata
  /** A copy of `issues[0]`. */
  readonly diagnosis: Issue
  readonly issues: readonly Issue[]
  readonly global: {
    readonly index_by: 'node_rank' | 'global_rank'
    readonly window: SectionWindow
    readonly average: Readonly<Record<string, number | null>>
    readonly median: Readonly<Record<string, MetricPoint>>
    readonly worst: Readonly<Record<string, MetricPoint>>
  }
  readonly groups: {
    readonly by: 'node_rank' | 'global_rank'
    readonly rows: Readonly<
      Record<
        string,
        {
          readonly identity: RankIdentity
          readonly metrics: Readonly<Record<string, number | null>>
        }
      >
    >
  }
  readonly units: Readonly<Record<string, string>>
  /** Presentation only; not to be parsed. */
  readonly card: string
  /** Ours: spread, maxima and course over the run; absent from other writers and fallbacks. */
  readonly details?: SectionDetails
}

/** The run's verdict. */
export interface PrimaryDiagnosis {
  readonly kind: string
  readonly status: string
  readonly severity: Severity
  readonly section: string
  readonly scope: 'performance'
  readonly summary: string
  readonly action: string
  readonly evidence: Evidence
}

/** `final_summary.json`. Readers keep keys that they do not know. */
export interface FinalSummary {
  readonly schema_version: number
  /** UTC, ISO 8601. */
  readonly generated_at: string
  readonly duration_s: number | null
  readonly meta: {
    readonly run_name: string | null
    readonly mode: TopologyMode
    readonly world_size: number | null
    readonly nodes_observed: number | null
    readonly gpus_observed: number | null
  }
  readonly primary_diagnosis: PrimaryDiagnosis
  readonly system: SectionPayload
  readonly process: SectionPayload
  readonly step_time: SectionPayload
  readonly step_memory: SectionPayload
  readonly text: string
  /** Ours: what was recorded and what was lost on the way; absent from other writers. */
  readonly telemetry?: TelemetryHealth
  /** Ours: how the run ended and how fresh its newest numbers are. */
  readonly run?: RunFacts
  /** Ours: the verdict of the compatible policies; absent when `primary_diagnosis` is theirs. */
  readonly compatible_diagnosis?: PrimaryDiagnosis
  /** Ours: what a step would take without the findings; absent from other writers. */
  readonly outlook?: SummaryOutlook
  /** Ours: what each layer costs; absent from runs that were not profiled that deeply. */
  readonly layers?: SectionPayload
  /** Ours: payloads of sections that others registered, by id. */
  readonly extra_sections?: Readonly<Record<string, JsonObject>>
}

/** What became of a run, as far as its report can tell. */
export interface RunFacts {
  /** `running` in a snapshot of a run that goes on; null when nobody said what became of it. */
  readonly status: RunStatus | null
  /** Unix seconds of the newest sample of any section; null without one. */
  readonly newest_sample_ts_s: number | null
  /** Seconds from that sample to `generated_at`, at least 0. */
  readonly newest_sample_age_s: number | null
  /** Largest step of any rank; null without one. */
  readonly newest_step: number | null
}

/** How complete the numbers of a report are. */
export interface TelemetryHealth {
  readonly steps_recorded: number | null
  /** Completed steps that never reached the history. */
  readonly steps_lost: number | null
  readonly rows_written: number | null
  readonly rows_rejected: number | null
  readonly messages_dropped: number | null
  /**
   * What recording a step of four phases costs the training's thread, in microseconds, of the rank
   * where it costs most; measured beside the training. Hooks of a library are not in it. Absent when
   * no producer says so.
   */
  readonly step_cost_us?: number
  readonly expected_ranks: number | null
  readonly finished_ranks: readonly number[]
  readonly missing_ranks: readonly number[]
  /** Missing ranks that had reported, and when and where each of them stopped. */
  readonly unfinished?: readonly UnfinishedRank[]
  /** Sentences for the reader when something was lost. */
  readonly notes: readonly string[]
}

/** A rank that left without saying that it had finished. Times are Unix seconds. */
export interface UnfinishedRank {
  readonly rank: number
  /** When its connection closed; null while it is open. */
  readonly disconnected_ts: number | null
  /** Its largest completed step; null without one. */
  readonly last_step: number | null
  /** When that step arrived; null without one. */
  readonly last_step_ts: number | null
}

/** What a section may use. */
export interface SectionContext {
  readonly store: Store
  /** Rows or steps per partition, ≥ 1. */
  readonly windowRows: number
  readonly logger: Logger
}

/**
 * A part of the final report.
 *
 * `load` reads the store and is the only asynchronous step; `build` is pure. If either throws, the
 * section is replaced by a payload that says so, and the other sections are unaffected.
 */
export interface SummarySection<Data = unknown> {
  readonly apiVersion: 1
  readonly kind: 'section'
  /** Key in `final_summary.json`; namespaced for third parties: `acme/disk`. */
  readonly id: string
  readonly title: string
  readonly indexBy: 'node_rank' | 'global_rank'
  /**
   * Its finding may be the run's verdict where it is more severe than what step time says, and no less
   * than what step memory says. Default false.
   */
  readonly leads?: boolean
  load(context: SectionContext): Promise<Data>
  /** False: the run has nothing that the section is about, and it is left out. Default: always there. */
  applies?(data: Data): boolean
  build(data: Data, context: Pick<SectionContext, 'windowRows'>): SectionPayload
}

/** Checks and infers a {@link SummarySection}; returns its argument. */
export function defineSection<Data>(section: SummarySection<Data>): SummarySection<Data> {
  return section
}
