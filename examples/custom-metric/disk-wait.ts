import { type ComparePolicy, ROBUST_COMPARE_POLICY } from '@traceml/compare'
import { type CompareMetric, defineCompareMetric } from '@traceml/contracts'

/** Milliseconds a step that waited for the disk, from a report section `acme/disk` of one's own. */
export const diskWaitMetric: CompareMetric = defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'acme/disk_wait_ms',
  section: 'acme/disk',
  label: 'Disk wait',
  unit: 'ms',
  deltaUnit: null,
  direction: 'higher_is_worse',
  // Runs without the section are no reason for an empty row.
  onlyWhenMeasured: true,
  read(summary) {
    // Any shape may come in; what is not there is null.
    const sections = summary['extra_sections'] as Record<string, unknown> | null | undefined
    const section = sections?.['acme/disk'] as Record<string, unknown> | null | undefined
    const wait = section?.['wait_ms']
    return typeof wait === 'number' && Number.isFinite(wait) ? wait : null
  },
})

/** The default policy, in which 20 % more disk wait is a regression too. */
export const diskPolicy: ComparePolicy = {
  ...ROBUST_COMPARE_POLICY,
  id: 'acme',
  thresholds: { ...ROBUST_COMPARE_POLICY.thresholds, 'acme/disk_wait_ms': 20 },
}
