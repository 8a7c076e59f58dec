import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Logger, plainLine } from '@traceml/contracts'
import { isSameSecret, listen, REFUSAL_CODES, type TelemetryServer } from '@traceml/transport'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import { startHeartbeat } from './heartbeat.js'
import type { WebSocketAddress, WebSocketOptions } from './options.js'
import { isAllowedOrigin } from './origins.js'

/** Largest message; a client sends at most one frame of about a MiB, or several smaller ones. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
const MAX_PAGES = 16
const MAX_SOCKETS = 64
const REQUEST_TIMEOUT_MS = 5000
/** Longer names, which strangers choose, are cut. */
const MAX_NAME = 80

const NOT_A_PAGE = `This port takes the telemetry of trainings in a browser, over a WebSocket: give its address to init() of @traceml/runtime/browser.\n`

/** The door for pages: whoever passes becomes a connection of the telemetry server. @internal */
export interface WebSocketDoor extends WebSocketAddress {
  /** Closes the port, and what the telemetry server has not ended. Idempotent. */
  stop(): Promise<void>
}

/**
 * Opens the door: it checks origin and token of whoever knocks, and hands the bytes of binary
 * messages to `server`, where they are frames like those of any other client. One page has the
 * session: a second one, or the same one loaded again, would count its steps from 1 again.
 *
 * @throws {TransportError} TRACEML_TRANSPORT_LISTEN when the port cannot be opened. @internal
 */
export async function openWebSocketDoor(
  options: WebSocketOptions & { readonly host: string },
  server: TelemetryServer,
  logger: Logger,
): Promise<WebSocketDoor> {
  const { host, token, allowedOrigins = [] } = options
  const http = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    response.end(NOT_A_PAGE)
  })
  http.maxConnections = MAX_SOCKETS
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  })
  const heartbeat = startHeartbeat(sockets.clients)
  let owner: string | null = null

  const admit = (socket: WebSocket, request: IncomingMessage): void => {
    const { searchParams } = new URL(request.url ?? '/', 'ws://localhost')
    const peer = `${request.headers.origin ?? 'a program'} at ${request.socket.remoteAddress ?? 'unknown'}:${request.socket.remotePort ?? 0}`
    const refuse = (code: number, reason: string): void => {
      logger.warn(`refused a page: ${reason}`, { peer })
      socket.close(code, reason)
    }
    // Without a listener the error of a message that is too large would end the process.
    socket.on('error', (error) =>
      logger.debug('a page broke the protocol', { peer, error: error.message }),
    )
    if (!isSameSecret(searchParams.get('token') ?? '', token)) {
      refuse(REFUSAL_CODES.token, 'the token in the address is missing or wrong')
      return
    }
    const page = (searchParams.get('page') ?? '').slice(0, MAX_NAME)
    if (owner !== null && owner !== page) {
      refuse(
        REFUSAL_CODES.taken,
        'it has the run of another page or an earlier load; start it again',
      )
      return
    }
    owner = page
    heartbeat.watch(socket)
    server.accept(createWebSocketStream(socket), peer)
  }

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {})
    const { origin } = request.headers
    if (!isAllowedOrigin(origin, allowedOrigins)) {
      const site = plainLine(origin ?? '', MAX_NAME)
      logger.warn(`refused a page of ${site}; if it is yours, allow its origin (--allow-origin)`)
      endWith(socket, '403 Forbidden', `Pages of ${origin} may not send here.\n`)
    } else if (sockets.clients.size >= MAX_PAGES) {
      endWith(socket, '503 Service Unavailable', `Only ${MAX_PAGES} pages may be connected.\n`)
    } else sockets.handleUpgrade(request, socket, head, (opened) => admit(opened, request))
  })

  const port = await listen(http, host, options.port ?? 0)
  http.on('error', (error) => logger.error('the port for pages failed', { error: error.message }))
  let stopping: Promise<void> | null = null
  return {
    host,
    port,
    stop() {
      stopping ??= new Promise((resolve) => {
        heartbeat.stop()
        for (const socket of sockets.clients) socket.terminate()
        http.close(() => resolve())
        http.closeAllConnections()
      })
      return stopping
    },
  }
}

function endWith(socket: Duplex, status: string, text: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  )
}
