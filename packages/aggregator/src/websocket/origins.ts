import { isLoopbackHost } from '@traceml/transport'

/**
 * Whether a page of this origin may send. Browsers always name the origin of the page that opens a
 * WebSocket, and a page cannot change it; a program that names none is no page and needs the token
 * like everybody.
 *
 * @param allowed - Origins beside those of this machine, as browsers write them: scheme, host, port.
 * @internal
 */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  const name = hostname.replace(/^\[|\]$/g, '')
  return isLoopbackHost(name) || name.endsWith('.localhost')
}
