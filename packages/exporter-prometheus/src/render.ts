import type { LivePayload } from '@traceml/contracts'
import { Gauge, Registry } from 'prom-client'
import { liveMetrics, type MetricSpec } from './metrics.js'

/** Media type of {@link renderMetrics}. */
export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE

/** Returns a payload in the text format of Prometheus. */
export function renderMetrics(payload: LivePayload): Promise<string> {
  const registry = new Registry()
  registerLiveMetrics(registry, () => payload)
  return registry.metrics()
}

/**
 * Puts the metrics of a live run into a registry of yours, beside your own; they are read anew at
 * every scrape.
 *
 * @param read - The newest payload, for example `() => source.payload()`.
 * @throws what the registry throws for a name that it has already.
 * @example
 * ```ts
 * registerLiveMetrics(register, () => source.payload())
 * ```
 */
export function registerLiveMetrics(registry: Registry, read: () => LivePayload): void {
  for (const spec of liveMetrics) registerMetric(registry, spec, read)
}

function registerMetric(registry: Registry, spec: MetricSpec, read: () => LivePayload): void {
  new Gauge({
    name: spec.name,
    help: spec.help,
    labelNames: [...spec.labels],
    registers: [registry],
    collect() {
      // A rank that is gone must not stay behind with its last number; without labels that is a 0.
      this.reset()
      const samples = spec.read(read())
      if (spec.labels.length === 0) this.remove()
      for (const { labels, value } of samples) this.set({ ...labels }, value)
    },
  })
}
