import { isIP } from 'node:net'

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

/** Which `Host` a request may name. */
export type AllowedHosts = readonly string[] | 'any'

/** Whether an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || (isIP(host) === 4 && host.startsWith('127.'))
}

/** The name in a `Host` header or an authority, lower case, without port and brackets. */
export function hostNameOf(authority: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(authority)
  return (bracketed?.[1] ?? authority.replace(/:\d*$/, '')).toLowerCase().replace(/\.$/, '')
}

/**
 * Whether a request that names this host may be answered. A page of another site can make its own
 * name point here; it cannot make a browser send an address or `localhost` instead. So loopback
 * names are always right, addresses are right where others may connect, and other names only if
 * they were given.
 */
export function isAllowedHost(
  authority: string | null,
  allowed: AllowedHosts,
  acceptAddresses: boolean,
): boolean {
  if (allowed === 'any') return true
  if (authority === null || authority === '') return false
  const name = hostNameOf(authority)
  if (isLoopback(name) || name.endsWith('.localhost')) return true
  if (acceptAddresses && isIP(name) !== 0) return true
  return allowed.some((candidate) => hostNameOf(candidate) === name)
}
