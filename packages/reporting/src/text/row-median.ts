import { median } from '@traceml/analysis'
import type { SectionPayload } from '@traceml/contracts'

/**
 * The median of a metric over the rows of a section, null when no row has it. The published median
 * names one real row; with an even number of rows that can be the slowest one, so that comparing
 * the worst row with it would hide a difference.
 */
export function rowMedian(section: SectionPayload, metric: string): number | null {
  const values = Object.values(section.groups.rows)
    .map((row) => row.metrics[metric] ?? null)
    .filter((value) => value !== null)
  return median(values)
}
