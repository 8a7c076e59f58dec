import { describe, misuse } from '../sdk/misuse.js'

/**
 * The address to connect to: that of the server, with its token, and with the name of this page's
 * run, by which the server tells a page that comes back from another one.
 *
 * @throws {InputError} `TRACEML_SDK_MISUSE` when `url` is no WebSocket address.
 */
export function pageAddress(url: unknown, token: string | undefined, page: string): string {
  const address = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (address === null || !/^wss?:$/.test(address.protocol)) {
    throw misuse(
      `init was called with the url ${describe(url)}; give it the address that "traceml serve --websocket" printed, ws://….`,
    )
  }
  if (token !== undefined) address.searchParams.set('token', token)
  address.searchParams.set('page', page)
  return address.href
}
