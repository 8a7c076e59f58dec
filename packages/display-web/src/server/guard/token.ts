import { createHash, timingSafeEqual } from 'node:crypto'

/** What a request says about its right to be answered. */
export type TokenAnswer =
  /** Go on. */
  | { readonly kind: 'granted' }
  /** The token was in the address: keep it in a cookie and go on without it there. */
  | { readonly kind: 'remember'; readonly location: string; readonly cookie: string }
  | { readonly kind: 'refused' }

/** Query parameter that carries the token. */
const TOKEN_PARAMETER = 'token'

/**
 * Creates the check of a token: in the query (a link that was printed), in a cookie (the page's own
 * requests) or as a bearer token (programs).
 */
export function createTokenCheck(token: string): (request: Request) => TokenAnswer {
  const expected = digest(token)
  const isRight = (candidate: string): boolean => timingSafeEqual(digest(candidate), expected)
  // Cookies do not know ports: two dashboards of one host must not overwrite each other's.
  const cookieName = `traceml_${expected.toString('hex').slice(0, 12)}`
  return (request) => {
    const url = new URL(request.url)
    const given = url.searchParams.get(TOKEN_PARAMETER)
    if (given !== null) {
      if (!isRight(given)) return { kind: 'refused' }
      if (!acceptsHtml(request)) return { kind: 'granted' }
      url.searchParams.delete(TOKEN_PARAMETER)
      return {
        kind: 'remember',
        // Relative, because a proxy may have removed a part of the path.
        location: `./${url.pathname.split('/').at(-1) ?? ''}${url.search}`,
        cookie: `${cookieName}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Lax`,
      }
    }
    const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    const candidate = bearer ?? readCookie(request, cookieName)
    return candidate !== null && isRight(candidate) ? { kind: 'granted' } : { kind: 'refused' }
  }
}

function acceptsHtml(request: Request): boolean {
  return (request.headers.get('accept') ?? '').includes('text/html')
}

function readCookie(request: Request, name: string): string | null {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, ...rest] = pair.trim().split('=')
    if (key !== name) continue
    try {
      return decodeURIComponent(rest.join('='))
    } catch {
      return null
    }
  }
  return null
}

/** Equal lengths, whatever was given, so that the comparison tells nothing by its time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
