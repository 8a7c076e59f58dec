import type { CompareMetric } from '@traceml/contracts'
import { averageContextMetric } from './context-metric.js'

/** Metrics of the system section, in the order of the document. */
export const systemMetrics: readonly CompareMetric[] = [
  averageContextMetric({
    id: 'cpu_avg_percent',
    section: 'system',
    label: 'System CPU avg',
    key: 'cpu_percent',
    unit: 'percent',
  }),
  averageContextMetric({
    id: 'ram_avg_gb',
    section: 'system',
    label: 'System RAM avg',
    key: 'ram_bytes',
    unit: 'gb',
  }),
  averageContextMetric({
    id: 'gpu_util_avg_percent',
    section: 'system',
    label: 'GPU util avg',
    key: 'gpu_util_percent',
    unit: 'percent',
  }),
  averageContextMetric({
    id: 'gpu_memory_avg_percent',
    section: 'system',
    label: 'GPU memory avg',
    key: 'gpu_mem_percent',
    unit: 'percent',
  }),
]
