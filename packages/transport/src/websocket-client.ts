import type { RuntimeIdentity } from '@traceml/contracts'
import { type ClientLimits, createFrameClient, type TelemetryClient } from './frame-client.js'
import { clientHello } from './hello.js'
import { openWebSocketConnection, type WebSocketLike } from './websocket-connection.js'

/** Options of {@link createWebSocketClient}. */
export interface WebSocketClientOptions extends ClientLimits {
  /** `ws:` or `wss:` address with the server's token as it printed it. */
  readonly url: string
  readonly identity: Pick<RuntimeIdentity, 'globalRank'>
}

/**
 * Creates a client that sends over a WebSocket, in a page or a worker of a page: the frames of the
 * telemetry wire as binary messages, kept until they are acknowledged as over TCP.
 *
 * @throws {Error} where there is no `WebSocket`, or when the address is none.
 */
export function createWebSocketClient(options: WebSocketClientOptions): TelemetryClient {
  const { WebSocket } = globalThis as unknown as {
    readonly WebSocket?: new (url: string) => WebSocketLike
  }
  if (WebSocket === undefined) throw new Error('there is no WebSocket here')
  const hello = clientHello(options)
  return createFrameClient({
    ...options,
    id: 'websocket',
    place: new URL(options.url).host,
    connect: (events) => openWebSocketConnection(() => new WebSocket(options.url), hello, events),
    // Frames of one turn of the agent travel together; a loop that only awaits promises sends, too.
    defer: (send) => queueMicrotask(send),
  })
}
