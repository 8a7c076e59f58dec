/** Thresholds and choices of the verdict. Percentages are of the left run's value, inclusive. */
export interface ComparePolicy {
  readonly id: string
  /** A step time change of at least this many percent is a regression or an improvement. */
  readonly stepTimePercent: number
  /** The same for peak reserved memory. */
  readonly memoryPercent: number
  /**
   * What a primary signal (step time, peak memory) that neither run has does to comparability:
   * `partial` makes the comparison inconclusive, `not_applicable` leaves the signal out.
   */
  readonly missingInBoth: 'partial' | 'not_applicable'
  /**
   * Whether going from a status without a judgement (no data, warm-up, unknown) to a judged one
   * counts as getting worse.
   */
  readonly unjudgedIsBest: boolean
}

/** Verdicts as the published compare schema 2 defines them; the default. */
export const COMPATIBLE_COMPARE_POLICY: ComparePolicy = {
  id: 'compatible',
  stepTimePercent: 3,
  memoryPercent: 10,
  missingInBoth: 'partial',
  unjudgedIsBest: true,
}

/**
 * The same thresholds, but a signal that neither run can have (peak device memory of two CPU
 * runs) does not make them incomparable, and gaining a diagnosis is not a regression.
 */
export const APPLICABLE_SIGNALS_POLICY: ComparePolicy = {
  ...COMPATIBLE_COMPARE_POLICY,
  id: 'applicable-signals',
  missingInBoth: 'not_applicable',
  unjudgedIsBest: false,
}
