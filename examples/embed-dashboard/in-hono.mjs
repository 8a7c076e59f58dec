import { createDashboard } from '@traceml/display-web'
import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'

/**
 * An app that has work of its own, and a dashboard below `/traceml`.
 *
 * @param source - What to show: a `LiveSource`.
 * @param token - What everybody has to present; the app's own login.
 */
export function appWithDashboard(source, token) {
  const dashboard = createDashboard(source, { basePath: '/traceml', allowedHosts: 'any' })
  const app = new Hono()
  app.use(bearerAuth({ token }))
  app.get('/', (context) => context.text('The work of this app.\n'))
  app.get('/traceml', (context) => dashboard.fetch(context.req.raw))
  app.get('/traceml/*', (context) => dashboard.fetch(context.req.raw))
  return { app, close: () => dashboard.close() }
}
