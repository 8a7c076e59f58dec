import type { TelemetryConnection } from '@traceml/transport'
import type { BatchCollector } from './batch-collector.js'
import { observePayload } from './ranks/observe-payload.js'
import type { LossTracker } from './ranks/producer-losses.js'
import type { RankRegistry } from './ranks/rank-registry.js'

/** Where received payloads go. @internal */
export interface IngestTargets {
  readonly collector: BatchCollector
  readonly ranks: RankRegistry
  readonly losses: LossTracker
  /** Gives the room of bytes back that no writer will ever see. */
  release(bytes: number): void
  /** A payload with telemetry arrived. */
  onTelemetry(): void
}

/** The callbacks of a telemetry server that feed an aggregator. @internal */
export interface IngestHandlers {
  onConnect(connection: TelemetryConnection): void
  onFrame(connection: TelemetryConnection, payload: Uint8Array): void
  onRead(connection: TelemetryConnection): void
  onClose(connection: TelemetryConnection): void
}

/** Creates the callbacks. Nothing here may throw or wait: it runs for every frame. @internal */
export function createIngest(targets: IngestTargets): IngestHandlers {
  const { collector, ranks, losses } = targets
  return {
    onConnect: (connection) => ranks.opened(connection.id),
    onFrame(connection, payload) {
      const known = ranks.isIdentified(connection.id)
      if (!known && connection.hello !== null) {
        ranks.identify(connection.id, connection.hello.global_rank)
      }
      const facts = observePayload(payload, !known && connection.hello === null)
      if (facts !== null) {
        for (const envelope of facts.envelopes) {
          losses.observe(envelope)
          if (envelope.meta.rank !== null) ranks.identify(connection.id, envelope.meta.rank)
          if (envelope.meta.world_size !== null) ranks.announce(envelope.meta.world_size)
        }
        for (const message of facts.finished) {
          ranks.identify(connection.id, message.global_rank)
          ranks.finish(message)
          collector.hurry()
        }
        for (const message of facts.states) ranks.setState(message)
        if (facts.controlsOnly) {
          targets.release(payload.length)
          return
        }
      }
      targets.onTelemetry()
      collector.add(payload)
    },
    onRead(connection) {
      collector.mark(connection.id, connection.framesReceived)
    },
    onClose(connection) {
      ranks.closed(connection.id, performance.now())
    },
  }
}
