import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createDashboard } from '@traceml/display-web'

/**
 * A server that has work of its own, and a dashboard below `/traceml`.
 *
 * @param source - What to show: a `LiveSource`.
 * @param isKnown - Whether the sender of a request may look; the server's own login.
 */
export function serverWithDashboard(source, isKnown) {
  const dashboard = createDashboard(source, {
    basePath: '/traceml',
    // This server is reached by its own name and checks who asks.
    allowedHosts: 'any',
  })
  const showDashboard = getRequestListener((request) => dashboard.fetch(request))
  const server = createServer((request, response) => {
    if (!isKnown(request)) {
      response.writeHead(401).end('Log in first.\n')
    } else if (/^\/traceml(\/|\?|$)/.test(request.url ?? '')) {
      void showDashboard(request, response)
    } else {
      response.end('The work of this server.\n')
    }
  })
  server.on('close', () => dashboard.close())
  return server
}
