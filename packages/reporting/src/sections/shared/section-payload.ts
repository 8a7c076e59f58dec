import type {
  Issue,
  SectionDetails,
  SectionMetadata,
  SectionPayload,
  SectionWindow,
  SummarySection,
} from '@traceml/contracts'
import { sectionMetadata } from './metadata.js'
import { peakDetails } from './peaks.js'
import {
  BY_TEXT,
  type ReportMetric,
  type ReportRow,
  type RollUp,
  type RowOrder,
  rollUp,
} from './roll-up.js'

/** What a section knows; {@link sectionPayload} computes the rest. */
export interface SectionParts<Facts> extends Pick<SummarySection, 'indexBy'> {
  /** In the order in which they are published. */
  readonly metrics: readonly ReportMetric<Facts>[]
  /** Nodes or ranks. */
  readonly rows: readonly ReportRow<Facts>[]
  /** The leading one first; a calm state is an issue, too. */
  readonly issues: readonly Issue[]
  /** Keys that are left out are published as null. */
  readonly metadata: Omit<Partial<SectionMetadata>, 'section_metric_names'> &
    Pick<SectionMetadata, 'mode'>
  readonly window: SectionWindow
  readonly units: Readonly<Record<string, string>>
  /** Draws the section's text from the numbers over all rows. */
  card(rollUp: RollUp): string
  /** Largest single measurements, where the metrics are means. */
  readonly peaks?: readonly ReportMetric<Facts>[]
  readonly details?: Omit<SectionDetails, 'median' | 'peak' | 'row_peaks'>
  /** How rows of equal value are told apart. Default: ids as text. */
  readonly order?: RowOrder
}

/**
 * Puts the payload of a section together: averages, medians and worst rows of its metrics, one entry
 * a row, and every key that a payload has.
 *
 * @throws {Error} When there is no issue.
 */
export function sectionPayload<Facts>(parts: SectionParts<Facts>): SectionPayload {
  const { metrics, rows, issues, indexBy, order = BY_TEXT } = parts
  const [diagnosis] = issues
  if (diagnosis === undefined) {
    throw new Error('The diagnosis returned no issue; a neutral state is an issue, too.')
  }
  const rolled = rollUp(metrics, rows, order)
  const { average, median, worst } = rolled
  return {
    metadata: sectionMetadata({
      ...parts.metadata,
      section_metric_names: metrics.map((metric) => metric.name),
    }),
    diagnosis,
    issues,
    global: { index_by: indexBy, window: parts.window, average, median, worst },
    groups: { by: indexBy, rows: rolled.rows },
    units: parts.units,
    card: parts.card(rolled),
    details: {
      median: rolled.middle,
      ...(parts.peaks === undefined ? {} : peakDetails(parts.peaks, rows, order)),
      ...(parts.details ?? { confidence: null, series: null }),
    },
  }
}
