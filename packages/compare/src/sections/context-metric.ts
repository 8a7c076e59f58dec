import type { CompareMetric, CompareUnit } from '@traceml/contracts'
import { defineCompareMetric } from '@traceml/contracts'
import { readAverage } from '../read.js'

const BYTES_PER_GB = 1024 ** 3

/** What distinguishes one averaged context metric from another. */
export interface AverageMetricOptions {
  readonly id: string
  readonly section: string
  readonly label: string
  /** Key in `<section>.global.average`; bytes when `unit` is `gb`. */
  readonly key: string
  readonly unit: Extract<CompareUnit, 'percent' | 'gb'>
}

/** A metric that gives context: the average over the run, never a regression by itself. */
export function averageContextMetric(options: AverageMetricOptions): CompareMetric {
  return defineCompareMetric({
    apiVersion: 1,
    kind: 'compare-metric',
    id: options.id,
    section: options.section,
    label: options.label,
    unit: options.unit,
    deltaUnit: options.unit === 'percent' ? 'percentage_point' : null,
    direction: 'context',
    read(summary) {
      const value = readAverage(summary, options.section, options.key)
      return value === null || options.unit === 'percent' ? value : value / BYTES_PER_GB
    },
  })
}
