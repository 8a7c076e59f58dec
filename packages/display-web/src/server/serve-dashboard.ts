import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { hostname, userInfo } from 'node:os'
import { getRequestListener } from '@hono/node-server'
import { ConfigError, DEFAULTS, type LiveSource } from '@traceml/contracts'
import { addressLines, type DashboardPlace, dashboardUrl } from './address-lines.js'
import { createDashboard, type DashboardOptions } from './dashboard.js'
import { isLoopback } from './guard/host-names.js'
import { listenOnFreePort } from './listen.js'

/** Options of {@link serveDashboard}. */
export interface ServeDashboardOptions extends DashboardOptions {
  /** Address to listen on; default 127.0.0.1. Any other than loopback gets a token. */
  readonly host?: string
  /** Port to try first; the next free one is taken when it is not. Default 8765; 0: any. */
  readonly port?: number
}

/** A dashboard that listens. Who starts it stops it. */
export interface DashboardServer {
  readonly host: string
  /** The port that was found. */
  readonly port: number
  /** What to open in a browser, with the token if there is one. */
  readonly url: string
  /** What to tell the user, one sentence a line. */
  readonly lines: readonly string[]
  /** Null where none is needed. */
  readonly token: string | null
  clientCount(): number
  /** Sends what is still to be sent and closes; bounded, idempotent. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Time that clients get to take what is on its way. */
const STOP_MS = 1_000
const SWEEP_MS = 20

/**
 * Serves a dashboard over HTTP. Resolves when it listens.
 *
 * @throws {TransportError} TRACEML_TRANSPORT_LISTEN when the address cannot be used.
 * @throws {PluginError} for two panels of one id.
 */
export async function serveDashboard(
  source: LiveSource,
  options: ServeDashboardOptions = {},
): Promise<DashboardServer> {
  const host = options.host ?? DEFAULTS.host
  const token = options.token ?? (isLoopback(host) ? null : randomBytes(18).toString('base64url'))
  if (token === '') {
    throw new ConfigError(
      'TRACEML_CONFIG_INVALID',
      'The token of the dashboard is empty; give one of at least a few characters, or null.',
    )
  }
  const machine = hostname()
  const dashboard = createDashboard(source, {
    ...options,
    token,
    allowedHosts:
      options.allowedHosts === 'any'
        ? 'any'
        : [...(options.allowedHosts ?? []), ...(isLoopback(host) ? [] : [host, machine])],
  })
  const { server, port } = await listenOnFreePort(
    getRequestListener((request) => dashboard.fetch(request), { overrideGlobalObjects: false }),
    { host, port: options.port ?? DEFAULTS.dashboardPort },
  )
  const place: DashboardPlace = {
    host,
    port,
    basePath: (options.basePath ?? '').replace(/\/+$/, ''),
    token,
    machine,
    user: userName(),
  }
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopping ??= closeServer(server, () => dashboard.close())
    return stopping
  }
  return {
    host,
    port,
    url: dashboardUrl(place),
    lines: addressLines(place),
    token,
    clientCount: () => dashboard.clientCount(),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function closeServer(server: Server, endStreams: () => void): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), STOP_MS)
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
    server.close(() => {
      clearTimeout(deadline)
      clearInterval(sweep)
      resolve()
    })
    endStreams()
  })
}

/** Accounts without a name exist, for example in containers. */
function userName(): string | null {
  try {
    return userInfo().username || null
  } catch {
    return null
  }
}
