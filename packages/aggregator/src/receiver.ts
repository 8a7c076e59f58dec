import { DEFAULTS, type Logger } from '@traceml/contracts'
import { createTelemetryServer, type TelemetryServer } from '@traceml/transport'
import { createBatchCollector } from './batch-collector.js'
import type { FrameBatch } from './history/history-port.js'
import { createIngest } from './ingest.js'
import type { AggregatorOptions } from './options.js'
import { createLossTracker, type LossTracker } from './ranks/producer-losses.js'
import { createRankRegistry, type RankRegistry } from './ranks/rank-registry.js'

/** The receiving half of an aggregator: sockets in, batches out. @internal */
export interface Receiver {
  readonly server: TelemetryServer
  readonly ranks: RankRegistry
  readonly losses: LossTracker
  /** Monotonic milliseconds of the newest telemetry, null before the first. */
  readonly lastTelemetryMs: number | null
  /** Hands on what has been gathered. */
  seal(): void
  /** Tells the senders what is in safe hands: pairs of connection id and frames. */
  acknowledge(marks: readonly number[]): void
}

/** Creates a receiver; it listens after `server.start()`. @internal */
export function createReceiver(
  options: AggregatorOptions,
  expectedRanks: number | null,
  logger: Logger,
  callbacks: { take(batch: FrameBatch): void; monotonicMs(): number },
): Receiver {
  const ranks = createRankRegistry(expectedRanks)
  const losses = createLossTracker()
  const collector = createBatchCollector(callbacks.take)
  let lastTelemetryMs: number | null = null
  const server = createTelemetryServer({
    host: options.host ?? DEFAULTS.host,
    port: options.port ?? 0,
    maxFrameBytes: options.maxFrameBytes ?? DEFAULTS.maxFrameBytes,
    token: options.token ?? null,
    allowUnauthenticated: options.allowUnauthenticated ?? false,
    sessionId: options.sessionId,
    ...(options.highWaterBytes === undefined ? {} : { highWaterBytes: options.highWaterBytes }),
    logger,
    onPause: () => collector.hurry(),
    ...createIngest({
      collector,
      ranks,
      losses,
      release: (bytes) => server.release(bytes),
      onTelemetry() {
        lastTelemetryMs = callbacks.monotonicMs()
      },
    }),
  })
  return {
    server,
    ranks,
    losses,
    get lastTelemetryMs() {
      return lastTelemetryMs
    },
    seal: () => collector.seal(),
    acknowledge(marks) {
      if (marks.length === 0) return
      const open = new Map(server.connections().map((connection) => [connection.id, connection]))
      for (let index = 0; index + 1 < marks.length; index += 2) {
        open.get(marks[index] ?? 0)?.acknowledge(marks[index + 1] ?? 0)
      }
    },
  }
}
