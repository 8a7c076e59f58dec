import type { CompareMetric } from '@traceml/contracts'
import { defineCompareMetric } from '@traceml/contracts'
import { readPath, readPoint, toNumber } from '../read.js'

const SECTION = 'step_memory'

/** Peak reserved device memory of the worst rank, in bytes. */
export const peakReservedMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'peak_reserved_bytes',
  section: SECTION,
  label: 'Peak reserved',
  unit: 'bytes',
  deltaUnit: null,
  direction: 'higher_is_worse',
  read: (summary) => readPoint(summary, SECTION, 'worst', 'peak_reserved_bytes'),
})

/** Most reserved device memory in any step of any rank, in bytes; the other one is a mean of steps. */
export const highestReservedMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'highest_reserved_bytes',
  section: SECTION,
  label: 'Highest reserved',
  unit: 'bytes',
  deltaUnit: null,
  direction: 'higher_is_worse',
  onlyWhenMeasured: true,
  read: (summary) =>
    toNumber(readPath(summary, [SECTION, 'details', 'peak', 'peak_reserved_bytes', 'value'])),
})

/** Below this a median is too close to zero to relate the worst rank to it. */
const ZERO_MEDIAN = 1e-12

/** How much more the worst rank reserves than the median one, in percent of the median. */
export const memorySkewMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'memory_skew_pct',
  section: SECTION,
  label: 'Memory skew',
  unit: 'percent',
  deltaUnit: 'percentage_point',
  direction: 'higher_is_worse',
  read(summary) {
    const worst = readPoint(summary, SECTION, 'worst', 'peak_reserved_bytes')
    const median = readPoint(summary, SECTION, 'median', 'peak_reserved_bytes')
    if (worst === null || median === null || Math.abs(median) <= ZERO_MEDIAN) return null
    return (100 * (worst - median)) / median
  },
})

/** Kept for the shape of the document: no summary carries a trend in bytes. */
export const memoryTrendMetric: CompareMetric = /* @__PURE__ */ defineCompareMetric({
  apiVersion: 1,
  kind: 'compare-metric',
  id: 'trend_worst_delta_bytes',
  section: SECTION,
  label: 'Memory trend',
  unit: 'bytes',
  deltaUnit: null,
  direction: 'higher_is_worse',
  inText: false,
  read: () => null,
})

/** Metrics of the step-memory section, in the order of the document. */
export const stepMemoryMetrics: readonly CompareMetric[] = [
  peakReservedMetric,
  highestReservedMetric,
  memorySkewMetric,
  memoryTrendMetric,
]
