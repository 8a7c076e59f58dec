import type { RuntimeIdentity } from '@traceml/contracts'
import { page } from './page-globals.js'

/** Tried in this order: others claim to be the later ones, too. */
const NAMES = [/(Edg|Firefox)\/(\d+)/, /(Chrome)\/(\d+)/, /(Version)\/(\d+)[\d.]* .*Safari/]

/** Who a page is: the only rank of its run, on a host that is called like its browser. */
export function pageIdentity(): RuntimeIdentity {
  return {
    globalRank: 0,
    localRank: 0,
    worldSize: 1,
    localWorldSize: 1,
    nodeRank: 0,
    hostname: browserName(),
    // A page is not told its process.
    pid: 0,
  }
}

/** For example `Chrome 142`; `browser` for one that does not say. */
function browserName(): string {
  const agent = page.navigator?.userAgent ?? ''
  for (const pattern of NAMES) {
    const found = pattern.exec(agent)
    if (found === null) continue
    const name = found[1] === 'Version' ? 'Safari' : found[1] === 'Edg' ? 'Edge' : found[1]
    return `${name} ${found[2]}`
  }
  return 'browser'
}
