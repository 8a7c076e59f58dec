import type { LivePanel, LiveSource } from '@traceml/contracts'
import { type Handler, Hono } from 'hono'
import { createApi } from './api.js'
import { createEventLog } from './events/event-log.js'
import { createEventStreams } from './events/event-stream.js'
import { createLiveFeed } from './events/live-feed.js'
import { createGuard } from './guard/guard.js'
import type { AllowedHosts } from './guard/host-names.js'
import { securityHeaders } from './guard/security-headers.js'
import { readPageFiles } from './page-files.js'
import { createPanelDrawing } from './panels/draw-panels.js'

/** Options of {@link createDashboard}. */
export interface DashboardOptions {
  /**
   * Path below which the dashboard is mounted, for example `/traceml`; default: the root. A request
   * whose path does not start with it is taken as one whose prefix was removed already.
   */
  readonly basePath?: string
  /** What a viewer must present; default: nothing. */
  readonly token?: string | null
  /**
   * Names beside `localhost` and loopback addresses under which the dashboard may be asked for, or
   * `any` when the server around it checks the `Host` header. Default: none.
   */
  readonly allowedHosts?: AllowedHosts
  /** Panels of your own, below the built-in ones, in this order. */
  readonly panels?: readonly LivePanel[]
  /** Pages that may be open at the same time; default 64. */
  readonly maxClients?: number
}

/** The dashboard as a function from request to response. Who creates it closes it. */
export interface Dashboard {
  /** Mount this in any server that speaks `Request` and `Response`. Never rejects. */
  fetch(request: Request): Promise<Response>
  /** Pages that are connected. */
  clientCount(): number
  /** Sends what is still to be sent and ends all event streams; later requests get the page only. */
  close(): void
}

const MAX_CLIENTS = 64
/** The page calls a server lost after about three of these. */
const BEAT_MS = 4_000

/**
 * Creates a dashboard over a source of payloads, without any server.
 *
 * @throws {PluginError} for two panels of one id.
 */
export function createDashboard(source: LiveSource, options: DashboardOptions = {}): Dashboard {
  const log = createEventLog({ beatMs: BEAT_MS })
  const feed = createLiveFeed(source, log, createPanelDrawing(options.panels ?? []))
  const streams = createEventStreams(log, feed, options.maxClients ?? MAX_CLIENTS)
  const basePath = normalBasePath(options.basePath ?? '')

  const app = new Hono()
  app.use(securityHeaders)
  app.use(createGuard({ allowedHosts: options.allowedHosts ?? [], token: options.token ?? null }))
  app.get('/events', (context) => streams.respond(context.req.raw))
  app.route('/', createApi(source))
  app.get('*', servePage())
  app.notFound((context) => context.text(`There is nothing at "${context.req.path}".\n`, 404))
  app.onError((error, context) => context.text(`The dashboard failed: ${error.message}\n`, 500))

  return {
    async fetch(request) {
      const url = new URL(request.url)
      if (basePath !== '' && url.pathname === basePath) {
        return new Response(null, {
          status: 308,
          headers: { location: `${basePath}/${url.search}` },
        })
      }
      if (basePath === '' || !url.pathname.startsWith(`${basePath}/`)) return app.fetch(request)
      url.pathname = url.pathname.slice(basePath.length)
      return app.fetch(new Request(url, request))
    },
    clientCount: () => streams.count(),
    close() {
      feed.close()
      log.close()
    },
  }
}

function servePage(): Handler {
  let files: ReturnType<typeof readPageFiles> | null = null
  return async (context) => {
    files ??= readPageFiles()
    const pages = await files
    if (pages.size === 0) {
      files = null
      return context.text('The page of the dashboard was not built; build the package.\n', 503)
    }
    const file = pages.get(context.req.path.replace(/^\/+/, ''))
    if (file === undefined) return context.notFound()
    return context.body(file.body, 200, {
      'content-type': file.type,
      'cache-control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    })
  }
}

function normalBasePath(path: string): string {
  const inner = path.replace(/^\/+|\/+$/g, '')
  return inner === '' ? '' : `/${inner}`
}
