import type { RuntimeIdentity } from '@traceml/contracts'
import { openClientConnection } from './client-connection.js'
import { type ClientLimits, createFrameClient, type TelemetryClient } from './frame-client.js'
import { clientHello } from './hello.js'

/** Options of {@link createTelemetryClient}. */
export interface TelemetryClientOptions extends ClientLimits {
  readonly host: string
  readonly port: number
  /** Named to the server, which refuses peers of another session; null says nothing. */
  readonly sessionId?: string | null
  readonly token?: string | null
  readonly identity: Pick<RuntimeIdentity, 'globalRank'>
}

/**
 * Creates a client that connects over TCP in the background, at once and again after every loss.
 *
 * Delivery is at least once: frames stay in a bounded buffer until the server acknowledges them,
 * and travel again after a reconnect. A full buffer drops its oldest telemetry and counts it;
 * controls are kept. With a server that never acknowledges, a frame counts as delivered when it was
 * written. Nothing here keeps the process alive, except a flush that is being awaited.
 */
export function createTelemetryClient(options: TelemetryClientOptions): TelemetryClient {
  const hello = clientHello(options)
  return createFrameClient({
    ...options,
    id: 'tcp',
    place: `${options.host}:${options.port}`,
    connect: (events) => openClientConnection(options, hello, events),
    defer: setImmediate,
  })
}
