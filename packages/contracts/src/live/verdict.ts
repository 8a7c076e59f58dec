import type { Evidence, Severity } from '../diagnosis.js'

/** What colour a verdict deserves: severity, and for `info` whether it is good news or no news. */
export type LiveTone = 'healthy' | 'neutral' | 'warn' | 'crit'

/** `ratio` is a fraction of 1, `percent` runs from 0 to 100. */
export type LiveUnit = 'ms' | 's' | 'ratio' | 'percent' | 'bytes' | 'celsius' | 'watts' | 'count'

/** One number that proves a verdict, ready to be shown beside it. */
export interface LiveEvidence {
  /** Stable and snake_case. */
  readonly key: string
  /** Short, in lower case: `input wait`. */
  readonly label: string
  readonly value: number | string
  /** Null for a text. */
  readonly unit: LiveUnit | null
}

/** What one domain says of the run right now. */
export interface LiveVerdict {
  /** Id of the section that says it, for example `step_time`. */
  readonly section: string
  /** Stable label to compare on, for example `INPUT_BOUND`. */
  readonly kind: string
  /** Label to show, for example `INPUT-BOUND`. */
  readonly status: string
  readonly severity: Severity
  readonly tone: LiveTone
  /** One sentence with the numbers. */
  readonly summary: string
  /** One sentence: what to try next; empty when there is nothing to do. */
  readonly action: string
  /** An extra sentence, for example a trend. */
  readonly note: string | null
  /** 0 to 1; null where the domain does not state one. */
  readonly confidence: number | null
  readonly confidence_label: 'high' | 'medium' | 'low' | null
  /** The culprits, first the worst: global ranks; in the system domain node ranks. */
  readonly ranks: readonly number[]
  /** In the order of importance; only what is known. */
  readonly evidence: readonly LiveEvidence[]
}

/** One finding of a section, as the report would publish it. */
export interface LiveIssue {
  readonly kind: string
  readonly status: string
  readonly severity: Severity
  readonly summary: string
  readonly action: string
  readonly metric: string | null
  readonly phase: string | null
  /** Affected global ranks; GPU indices in the system domain. */
  readonly ranks: readonly number[]
  readonly evidence: Evidence
}

/** How a series develops; the same computation for every series of every section. */
export interface LiveTrend {
  /** `rising` and `falling` lie beyond the dead band of 2 %. */
  readonly state: 'rising' | 'falling' | 'flat'
  /** (recent − early) / early, a fraction. */
  readonly ratio: number
  /** Text with an arrow, for example `↑ +12.3%`. */
  readonly label: string
  /** Points that were compared. */
  readonly points: number
}
