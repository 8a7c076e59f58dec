import type { ControlMessage, TelemetryEnvelope } from './envelope.js'

/** What an exporter is given: the envelopes of one tick, or a control message. */
export type ExportItem = TelemetryEnvelope | ControlMessage

/** Counters of an exporter since its start. */
export interface ExporterStats {
  readonly exportedBatches: number
  /** Batches given up on, because a buffer was full or time ran out. */
  readonly droppedBatches: number
  readonly droppedRows: number
}

/**
 * Takes telemetry out of the agent thread; the TCP sender to the aggregator is one.
 *
 * Rules for authors:
 * 1. `export` must return at once and must not throw: queue, and bound the queue.
 * 2. Do not modify the items; they are shared with other exporters.
 * 3. What cannot be delivered is counted in `stats`, never lost silently.
 * 4. `shutdown` is called once, with a deadline; after it `export` is not called again.
 */
export interface Exporter {
  readonly apiVersion: 1
  readonly kind: 'exporter'
  readonly id: string
  export(items: readonly ExportItem[]): void
  /** Resolves when everything exported so far is delivered or given up, at most after `timeoutMs`. */
  forceFlush(timeoutMs: number): Promise<void>
  shutdown(timeoutMs: number): Promise<void>
  stats(): ExporterStats
}

/** Checks and infers an {@link Exporter}; returns its argument. */
export function defineExporter(exporter: Exporter): Exporter {
  return exporter
}
