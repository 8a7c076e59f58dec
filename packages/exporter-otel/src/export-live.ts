import type { Histogram, Meter, Observable } from '@opentelemetry/api'
import type { LivePayload, LiveSource } from '@traceml/contracts'
import { instruments } from './instruments.js'

/** Where payloads come from: an aggregator, a stored session, a program of yours. */
export type LivePayloads = Pick<LiveSource, 'payload' | 'subscribe'>

/**
 * Hands the numbers of a live run to OpenTelemetry: observable gauges, read whenever a reader
 * collects, and the histogram `traceml.step.duration`, which gets every step once.
 *
 * The histogram follows the slowest rank of each step. Steps that come and go between two payloads
 * (more than 100 of them) are left out of it.
 *
 * @param meter - Of the user's own SDK; nothing here sends anything.
 * @returns A function that ends it.
 * @example
 * ```ts
 * const end = exportLive(metrics.getMeter('training'), source)
 * ```
 */
export function exportLive(meter: Meter, source: LivePayloads): () => void {
  const gauges = instruments.map((instrument) => ({
    instrument,
    gauge: meter.createObservableGauge(instrument.name, {
      unit: instrument.unit,
      description: instrument.description,
    }),
  }))
  const observables: Observable[] = gauges.map(({ gauge }) => gauge)
  const histogram = meter.createHistogram('traceml.step.duration', {
    unit: 'ms',
    description: 'Time of each step, of its slowest rank.',
  })
  const record = createStepRecorder(histogram)
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    const payload = source.payload()
    for (const { instrument, gauge } of gauges) {
      instrument.observe(payload, (value, attributes = {}) => {
        if (value !== null && value !== undefined) result.observe(gauge, value, { ...attributes })
      })
    }
  }
  meter.addBatchObservableCallback(observe, observables)
  const unsubscribe = source.subscribe(record)
  return () => {
    unsubscribe()
    meter.removeBatchObservableCallback(observe, observables)
  }
}

function createStepRecorder(histogram: Histogram): (payload: LivePayload) => void {
  let newest = -1
  return ({ sections }) => {
    const series = sections.step_time.body?.series
    if (series === undefined) return
    for (const [index, step] of series.steps.entries()) {
      const ms = series.worst_ms[index] ?? null
      if (step <= newest || ms === null) continue
      newest = step
      histogram.record(ms)
    }
  }
}
