export type { MetricSpec } from './metrics.js'
export { liveMetrics } from './metrics.js'
export { METRICS_CONTENT_TYPE, registerLiveMetrics, renderMetrics } from './render.js'
export type { Sample } from './samples.js'
