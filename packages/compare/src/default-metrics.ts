import type { CompareMetric } from '@traceml/contracts'
import { processMetrics } from './sections/process-metrics.js'
import { stepMemoryMetrics } from './sections/step-memory-metrics.js'
import { stepTimeMetrics } from './sections/step-time-metrics.js'
import { systemMetrics } from './sections/system-metrics.js'

/** The metrics that are compared when nothing else is asked for, in the order of the document. */
export const defaultCompareMetrics: readonly CompareMetric[] = [
  ...stepTimeMetrics,
  ...stepMemoryMetrics,
  ...processMetrics,
  ...systemMetrics,
]
