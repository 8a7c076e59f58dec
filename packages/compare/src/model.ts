import type { COMPARE_SCHEMA_VERSION, ComparedMetric, StepClock } from '@traceml/contracts'
import type { CompareJudgement } from './judge/model.js'

/** The two sides of one value; `changed` compares them, null equals null. */
export interface ComparedText {
  readonly lhs: string | null
  readonly rhs: string | null
  readonly changed: boolean
}

/** One run as the document names it. */
export interface ComparedRun {
  /** Where the summary came from, as the caller gave it. */
  readonly path: string
  readonly label: string
  readonly file_name: string
  readonly parent_name: string
  /** As stored; any JSON value. */
  readonly schema_version: unknown
  readonly duration_s: number | null
}

/** One section of a comparison. */
export interface ComparedSection {
  /** True when at least one run has the section. */
  readonly available: boolean
  readonly diagnosis: ComparedText
  readonly metrics: Readonly<Record<string, ComparedMetric>>
  readonly notes: readonly string[]
  /** Only in `step_time`: the clock of `step_time_ms`, null when the runs share none. */
  readonly comparison_clock?: StepClock | null
}

/** What a comparison concludes. */
export type VerdictStatus = 'REGRESSION' | 'IMPROVEMENT' | 'EQUIVALENT' | 'MIXED' | 'INCONCLUSIVE'

/** How well two runs (or one metric of them) can be compared. */
export type PrimaryAvailability = 'comparable' | 'partial' | 'insufficient'

/** Which sides have a metric. */
export type MetricState = 'comparable' | 'partial' | 'missing_one_side' | 'missing_both'

/** One rule that fired. */
export interface CompareFinding {
  readonly status: VerdictStatus
  /** Lower wins; the finding with the lowest priority is the verdict. */
  readonly priority: number
  readonly domain: string
  readonly metric: string | null
  readonly severity: 'warning' | 'info'
  /** One sentence with the numbers. */
  readonly why: string
}

/** The conclusion of a comparison. */
export interface CompareVerdict {
  readonly status: VerdictStatus
  readonly outcome: 'regression' | 'improvement' | 'equivalent' | 'mixed' | 'unclear'
  readonly severity: 'warning' | 'info'
  readonly summary: string
  readonly why: string
  readonly action: string
  readonly primary_domain: string
  readonly primary_metric: string | null
  /** Every rule that fired, by priority. */
  readonly findings: readonly CompareFinding[]
  readonly comparability: {
    readonly overall: { readonly state: PrimaryAvailability; readonly reason: string | null }
    readonly step_time: { readonly state: MetricState }
    readonly step_memory: { readonly state: MetricState }
  }
  /** The first three findings that say something changed. */
  readonly top_changes: readonly {
    readonly domain: string
    readonly metric: string | null
    readonly summary: string
    readonly significance: 'material' | 'context'
  }[]
  readonly largest_shift: string
}

/** Share of a step that the longest phase takes. */
export interface DominantShare {
  readonly phase: string
  /** Fraction of step time, 0 to 1; null when step time is unknown. */
  readonly share: number | null
}

/** What comparing two summaries produces: schema 2. Every delta is B − A, rhs − lhs. */
export interface CompareDocument {
  readonly schema_version: typeof COMPARE_SCHEMA_VERSION
  /** UTC, ISO 8601; null when the caller gave no time. */
  readonly generated_at: string | null
  readonly lhs: ComparedRun
  readonly rhs: ComparedRun
  readonly warnings: readonly string[]
  readonly sections: Readonly<Record<string, ComparedSection>>
  readonly availability: Readonly<Record<string, boolean>>
  readonly overview: {
    readonly duration_s: { readonly lhs: number | null; readonly rhs: number | null }
    readonly primary_diagnosis: ComparedText
  }
  /** The report of {@link formatCompareText}; presentation only. */
  readonly text: string
  /** The published verdict, with its fixed thresholds. */
  readonly verdict: CompareVerdict
  /** Ours, and what the text tells first. */
  readonly judgement: CompareJudgement
  /** Ours: the longest phase of each run. */
  readonly longest_phase: { readonly lhs: DominantShare | null; readonly rhs: DominantShare | null }
}
