import { isIP } from 'node:net'
import { isLoopback } from './guard/host-names.js'

/** Where a dashboard is, and who runs it. */
export interface DashboardPlace {
  readonly host: string
  readonly port: number
  /** '' or starting with '/', without one at the end. */
  readonly basePath: string
  readonly token: string | null
  /** Name by which this machine is reached. */
  readonly machine: string
  /** Name of the user on it, or null. */
  readonly user: string | null
}

/** The address to open on this machine, with the token if there is one. */
export function dashboardUrl(place: DashboardPlace): string {
  const { host } = place
  const isAny = host === '0.0.0.0' || host === '::' || host === ''
  const name = isAny ? place.machine : isIP(host) === 6 ? `[${host}]` : host
  const query = place.token === null ? '' : `?token=${encodeURIComponent(place.token)}`
  return `http://${name}:${place.port}${place.basePath}/${query}`
}

/**
 * What to print once the server listens: the address and, where the server is for this machine
 * only, how to reach it from another one.
 */
export function addressLines(place: DashboardPlace): readonly string[] {
  const lines = [`Dashboard: ${dashboardUrl(place)}`]
  if (isLoopback(place.host)) {
    const login = place.user === null ? place.machine : `${place.user}@${place.machine}`
    const target = isIP(place.host) === 6 ? `[${place.host}]` : place.host
    lines.push(`From another machine: ssh -L ${place.port}:${target}:${place.port} ${login}`)
  }
  return lines
}
