import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { WebSocketAddress, WebSocketOptions } from '@traceml/aggregator'
import { ConfigError, DEFAULTS } from '@traceml/contracts'
import { parseInteger } from '../settings/parse-values.js'

/** Flags of `serve` for trainings in a browser, as the parser hands them over. */
export interface WebSocketFlags {
  readonly websocket?: boolean
  readonly websocketPort?: string
  readonly allowOrigin?: readonly string[]
}

/**
 * Where and from whom pages may send; null when nobody asked for it. Without a token of the user's
 * there is a random one.
 *
 * @throws {ConfigError} for the first value that cannot be used.
 */
export function resolveWebSocket(
  flags: WebSocketFlags,
  token: string | null,
): WebSocketOptions | null {
  const { websocket = false, websocketPort, allowOrigin = [] } = flags
  if (!websocket && websocketPort === undefined && allowOrigin.length === 0) return null
  return {
    port:
      websocketPort === undefined
        ? DEFAULTS.webSocketPort
        : parseInteger(
            { source: '--websocket-port', text: websocketPort },
            { min: 0, max: 65_535 },
          ),
    token: token ?? randomToken(),
    allowedOrigins: allowOrigin.map(parseOrigin),
  }
}

/** What to give to `init` in the page. */
export function webSocketUrl({ host, port }: WebSocketAddress, token: string): string {
  const isAny = host === '0.0.0.0' || host === '::'
  const name = isAny ? hostname() : isIP(host) === 6 ? `[${host}]` : host
  return `ws://${name}:${port}/?token=${encodeURIComponent(token)}`
}

/** From the global: importing the crypto module would cost every start some milliseconds. */
function randomToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')
}

/** An origin as browsers write it. Pages opened from a file have the origin `null`. */
function parseOrigin(text: string): string {
  if (text === 'null') return text
  const url = URL.canParse(text) ? new URL(text) : null
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== ''
  ) {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      `--allow-origin is "${text}", which is no origin; give it scheme, host and port, for example https://example.org:8443.`,
      { details: { value: text } },
    )
  }
  return url.origin
}
