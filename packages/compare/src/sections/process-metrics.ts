import type { CompareMetric } from '@traceml/contracts'
import { averageContextMetric } from './context-metric.js'

/** Metrics of the process section, in the order of the document. */
export const processMetrics: readonly CompareMetric[] = [
  averageContextMetric({
    id: 'cpu_avg_percent',
    section: 'process',
    label: 'Process CPU avg',
    key: 'cpu_percent',
    unit: 'percent',
  }),
  averageContextMetric({
    id: 'rss_avg_gb',
    section: 'process',
    label: 'Process RSS avg',
    key: 'ram_bytes',
    unit: 'gb',
  }),
]
