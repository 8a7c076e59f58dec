/** Version of the document that a comparison produces. */
export const COMPARE_SCHEMA_VERSION = 2

/** Unit of a compared metric. */
export type CompareUnit = 'ms' | 'percent' | 'bytes' | 'gb' | null

/** Whether a higher value is a regression, or the metric only gives context. */
export type CompareDirection = 'higher_is_worse' | 'lower_is_worse' | 'context'

/** A summary as compare reads it: any version, any missing part. */
export type ComparableSummary = Readonly<Record<string, unknown>>

/** What a metric may look at besides its own side. */
export interface CompareMetricContext {
  readonly lhs: ComparableSummary
  readonly rhs: ComparableSummary
}

/**
 * One row of a comparison.
 *
 * `read` is pure, is called once per side and returns null when that side has no such number; it
 * must tolerate any shape of input. It should not throw; a throwing metric reads as null.
 */
export interface CompareMetric {
  readonly apiVersion: 1
  readonly kind: 'compare-metric'
  /** Key within its section, namespaced for third parties. */
  readonly id: string
  /** Section of the comparison, for example `step_time`. */
  readonly section: string
  /** Label to show, or a function of both sides. */
  readonly label: string | ((context: CompareMetricContext) => string)
  readonly unit: CompareUnit
  readonly deltaUnit: 'percentage_point' | null
  readonly direction: CompareDirection
  /** Show it in the text table. Default true. */
  readonly inText?: boolean
  /** Leave it out of the document when neither run has it. Default false: both sides read null. */
  readonly onlyWhenMeasured?: boolean
  read(summary: ComparableSummary, context: CompareMetricContext): number | string | null
}

/** Checks and infers a {@link CompareMetric}; returns its argument. */
export function defineCompareMetric(metric: CompareMetric): CompareMetric {
  return metric
}

/** One compared metric in the document. */
export interface ComparedMetric {
  readonly label: string
  readonly unit: CompareUnit
  readonly lhs: number | string | null
  readonly rhs: number | string | null
  readonly delta: number | null
  /** 100 × delta / lhs, null when lhs is 0 or a side is missing. */
  readonly pct_change: number | null
  readonly delta_unit: 'percentage_point' | null
  readonly direction: CompareDirection
}
