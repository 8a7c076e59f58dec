import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { DEFAULTS, errorMessage, type Logger, noopLogger } from '@traceml/contracts'
import { listen } from './listen.js'
import { assertSafeBind } from './loopback.js'
import {
  type CloseReason,
  createServerConnection,
  type ServerConnection,
  type TelemetryConnection,
} from './server-connection.js'

const STOP_GRACE_MS = 500

/** Options of {@link createTelemetryServer}. */
export interface TelemetryServerOptions {
  /** Address to bind; default 127.0.0.1. */
  readonly host?: string
  /** Port to bind; default 0, any free one. */
  readonly port?: number
  /** Largest payload of one frame; default 64 MiB. */
  readonly maxFrameBytes?: number
  /** Secret that peers must send in their hello. */
  readonly token?: string | null
  /** Also take peers that send no token; needed for a bind beyond loopback without one. */
  readonly allowUnauthenticated?: boolean
  /** Peers that name another session are refused. */
  readonly sessionId?: string | null
  /** Bytes handed to `onFrame` and not released after which all sockets pause; default 16 MiB. */
  readonly highWaterBytes?: number
  readonly logger?: Logger
  /**
   * Called for every decodable frame, in order for each connection. The payload may be a view of
   * a larger buffer: copy what must outlive the call. Call `release` when its bytes are dealt with.
   */
  onFrame(connection: TelemetryConnection, payload: Uint8Array): void
  /** Called after the frames of one read were handed on, also when all were skipped. */
  onRead?(connection: TelemetryConnection): void
  onConnect?(connection: TelemetryConnection): void
  /** Called when the high-water mark was reached and every socket paused. */
  onPause?(): void
  /** Called once when a connection has ended; everything that it sent was handed on before. */
  onClose?(connection: TelemetryConnection): void
}

/** Counters of a telemetry server since its start. */
export interface TelemetryServerStats {
  readonly connectionsOpen: number
  readonly connectionsTotal: number
  readonly framesReceived: number
  readonly bytesReceived: number
  /** Frames that could not be decoded and were passed over. */
  readonly framesSkipped: number
  /** Peers closed by the server, by reason. */
  readonly peersRejected: Readonly<Record<CloseReason, number>>
  /** Bytes handed on and not released yet. */
  readonly outstandingBytes: number
  /** How often the sockets were paused. */
  readonly pauses: number
}

/** A listening socket that cuts frames and hands them on as bytes. */
export interface TelemetryServer {
  readonly host: string
  /** The bound port; 0 before `start`. */
  readonly port: number
  /** @throws {TraceMLError} TRACEML_TRANSPORT_LISTEN when the port cannot be opened. */
  start(): Promise<void>
  /**
   * Takes a stream that was accepted elsewhere (a WebSocket) as one more connection. Whoever hands
   * it over has checked the peer's right to be here: it needs no token in its hello.
   * @param peer - Address and port of the peer, for messages.
   */
  accept(stream: Duplex, peer: string): void
  /** Closes the listener and all connections; idempotent, at most about half a second. */
  stop(): Promise<void>
  /** Says that `bytes` handed to `onFrame` need no room any more. */
  release(bytes: number): void
  connections(): readonly TelemetryConnection[]
  stats(): TelemetryServerStats
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Creates a server of the telemetry wire; it listens after `start`.
 *
 * One bad peer never costs another: an oversized length, an HTTP request or a stream without a
 * single decodable frame closes that connection only. When the consumer falls behind, all sockets
 * pause until half of the high-water mark is released.
 *
 * @throws {TraceMLError} TRACEML_CONFIG_INVALID for a bind beyond loopback without token or
 * explicit permission.
 */
export function createTelemetryServer(options: TelemetryServerOptions): TelemetryServer {
  const host = options.host ?? DEFAULTS.host
  const logger = options.logger ?? noopLogger
  const highWaterBytes = options.highWaterBytes ?? 16 * 1024 * 1024
  const rules = {
    maxFrameBytes: options.maxFrameBytes ?? DEFAULTS.maxFrameBytes,
    token: options.token ?? null,
    allowUnauthenticated: options.allowUnauthenticated ?? false,
    sessionId: options.sessionId ?? null,
  }
  assertSafeBind(host, rules.token, rules.allowUnauthenticated)

  const open = new Map<Duplex, ServerConnection>()
  const rejected: Record<CloseReason, number> = { oversized: 0, garbage: 0, token: 0, session: 0 }
  let port = 0
  let total = 0
  let frames = 0
  let bytes = 0
  let skipped = 0
  let outstanding = 0
  let pauses = 0
  let paused = false

  const events = {
    onFrame(connection: TelemetryConnection, payload: Uint8Array): void {
      frames += 1
      outstanding += payload.length
      options.onFrame(connection, payload)
    },
    onRead(connection: TelemetryConnection): void {
      options.onRead?.(connection)
      if (outstanding > highWaterBytes && !paused) pauseAll()
    },
    onSkip(connection: TelemetryConnection): void {
      skipped += 1
      if (connection.framesSkipped === 1) {
        logger.warn('skipped a frame that is not MessagePack', { peer: connection.peer })
      }
    },
    onReject(connection: TelemetryConnection, reason: CloseReason): void {
      rejected[reason] += 1
      logger.warn(REJECTED[reason], { peer: connection.peer, reason })
    },
  }

  const pauseAll = (): void => {
    paused = true
    pauses += 1
    for (const socket of open.keys()) socket.pause()
    options.onPause?.()
  }

  const accept = (socket: Duplex, peer: string, admission: typeof rules): void => {
    total += 1
    const connection = createServerConnection(
      { id: total, stream: socket, peer, rules: admission },
      events,
    )
    open.set(socket, connection)
    socket.on('data', (chunk) => {
      bytes += chunk.length
      connection.read(chunk)
      if (paused) socket.pause()
    })
    socket.on('error', (error) => {
      logger.debug('a connection broke', { peer: connection.peer, error: errorMessage(error) })
    })
    socket.on('close', () => {
      open.delete(socket)
      options.onClose?.(connection)
      if (open.size === 0) whenEmpty?.()
    })
    // A new peer is read once even while the others pause: its hello deserves an answer.
    options.onConnect?.(connection)
  }

  const server = createServer({ noDelay: true }, (socket: Socket) =>
    accept(socket, `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`, rules),
  )
  let stopping: Promise<void> | null = null
  let whenEmpty: (() => void) | null = null

  const stop = async (): Promise<void> => {
    const empty = new Promise<void>((resolve) => {
      whenEmpty = resolve
      if (open.size === 0) resolve()
    })
    const closed = new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve())
      else resolve()
    })
    for (const connection of open.values()) connection.end()
    const timer = setTimeout(() => {
      for (const socket of open.keys()) socket.destroy()
    }, STOP_GRACE_MS)
    if (paused) for (const socket of open.keys()) socket.resume()
    await Promise.all([closed, empty])
    clearTimeout(timer)
  }

  const self: TelemetryServer = {
    host,
    get port() {
      return port
    },
    async start() {
      port = await listen(server, host, options.port ?? 0)
      server.on('error', (error) => {
        logger.error('the telemetry listener failed', { error: errorMessage(error) })
      })
    },
    accept(stream, peer) {
      if (stopping === null) accept(stream, peer, { ...rules, token: null })
      else stream.destroy()
    },
    stop() {
      stopping ??= stop()
      return stopping
    },
    release(count) {
      outstanding = Math.max(0, outstanding - count)
      if (!paused || outstanding > highWaterBytes / 2) return
      paused = false
      for (const socket of open.keys()) socket.resume()
    },
    connections: () => [...open.values()],
    stats: () => ({
      connectionsOpen: open.size,
      connectionsTotal: total,
      framesReceived: frames,
      bytesReceived: bytes,
      framesSkipped: skipped,
      peersRejected: { ...rejected },
      outstandingBytes: outstanding,
      pauses,
    }),
    [Symbol.asyncDispose]: () => self.stop(),
  }
  return self
}

const REJECTED: Readonly<Record<CloseReason, string>> = {
  oversized: 'closed a peer that announced an impossible frame; it does not speak this protocol',
  garbage: 'closed a peer that sent only undecodable frames',
  token: 'closed a peer without the token that this server requires',
  session: 'closed a peer of another session',
}
