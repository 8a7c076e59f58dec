/** What a step would take if one finding were gone. Times are milliseconds of a typical step. */
export interface StepTimeEstimate {
  /** Kind of the finding that is imagined gone, for example `INPUT_BOUND`. */
  readonly finding: string
  /** What is imagined, to be read after "if": `input wait were hidden behind compute`. */
  readonly scenario: string
  /** As measured. */
  readonly step_time_ms: number
  readonly estimated_step_time_ms: number
  readonly saved_ms: number
  /** `saved_ms` as a fraction of `step_time_ms`, 0 to 1. */
  readonly saved_share: number
  /** What must hold for the estimate, in sentences. */
  readonly assumption: string
}

/** What could be gained, from measured numbers only. */
export interface SummaryOutlook {
  /** The verdict's finding first; empty when no finding has a measured cost. */
  readonly estimates: readonly StepTimeEstimate[]
  /** What to measure where the evidence ends, one sentence; null when nothing is open. */
  readonly measure_next: string | null
}
