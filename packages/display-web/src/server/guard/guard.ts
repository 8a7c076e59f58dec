import type { MiddlewareHandler } from 'hono'
import { type AllowedHosts, hostNameOf, isAllowedHost } from './host-names.js'
import { createTokenCheck } from './token.js'

/** Who may be answered. */
export interface GuardOptions {
  /** Names beside the loopback ones that a `Host` header may have. */
  readonly allowedHosts: AllowedHosts
  /** Null: whoever reaches the server may look. */
  readonly token: string | null
}

/**
 * Refuses requests that another site's page caused and requests without the token, before anything
 * else looks at them. Nothing can be changed through the dashboard, so only reads are answered.
 */
export function createGuard(options: GuardOptions): MiddlewareHandler {
  const checkToken = options.token === null ? null : createTokenCheck(options.token)
  return async (context, next) => {
    const { method, raw: request } = context.req
    if (method !== 'GET' && method !== 'HEAD') {
      return context.text(`${method} is not answered here; only GET and HEAD are.\n`, 405, {
        allow: 'GET, HEAD',
      })
    }
    const host = request.headers.get('host') ?? new URL(request.url).host
    if (!isAllowedHost(host, options.allowedHosts, checkToken !== null)) {
      return context.text(
        `This dashboard does not answer to the name "${hostNameOf(host)}"; open it by the address that was printed.\n`,
        403,
      )
    }
    if (isFromElsewhere(request, host)) {
      return context.text('Pages of other sites are not answered.\n', 403)
    }
    const answer = checkToken?.(request)
    if (answer?.kind === 'refused') {
      return context.text(
        'The token is missing or wrong; open the whole address that was printed, with its "token".\n',
        401,
        { 'www-authenticate': 'Bearer' },
      )
    }
    if (answer?.kind === 'remember') {
      context.header('set-cookie', answer.cookie)
      return context.redirect(answer.location, 303)
    }
    await next()
  }
}

/** A link may lead here from anywhere; scripts, images and frames of other sites may not. */
function isFromElsewhere(request: Request, host: string): boolean {
  const origin = request.headers.get('origin')
  if (origin !== null) {
    const authority = URL.canParse(origin) ? new URL(origin).host : null
    if (authority !== host.toLowerCase()) return true
  }
  const site = request.headers.get('sec-fetch-site')
  const isNavigation = request.headers.get('sec-fetch-mode') === 'navigate'
  const isDocument = request.headers.get('sec-fetch-dest') === 'document'
  return (site === 'cross-site' || site === 'same-site') && !(isNavigation && isDocument)
}
