import type { SectionDetails } from '@traceml/contracts'
import { type ReportMetric, type ReportRow, type RowOrder, rollUp } from './roll-up.js'

/** The largest single measurements of a section, over all rows and by row. */
export function peakDetails<Facts>(
  metrics: readonly ReportMetric<Facts>[],
  rows: readonly ReportRow<Facts>[],
  order: RowOrder,
): Required<Pick<SectionDetails, 'peak' | 'row_peaks'>> {
  const { worst, rows: published } = rollUp(metrics, rows, order)
  return {
    peak: worst,
    row_peaks: Object.fromEntries(
      Object.entries(published).map(([id, row]) => [id, row.metrics] as const),
    ),
  }
}
