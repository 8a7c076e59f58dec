import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { writeFileAtomically } from '../session/atomic-write.js'

/** Where the dashboard of a session is being served. */
export interface DashboardAddress {
  readonly pid: number
  readonly hostname: string
  /** With the token, if there is one. */
  readonly url: string
}

/** Only its owner may read it: the address opens the dashboard. */
const MODE = 0o600

function addressPath(sessionPath: string): string {
  return join(sessionPath, 'control', 'dashboard.json')
}

/** Notes the address for `traceml open`. @throws the error of the file system. */
export function noteDashboard(sessionPath: string, url: string): void {
  const path = addressPath(sessionPath)
  mkdirSync(dirname(path), { recursive: true })
  const address: DashboardAddress = { pid: process.pid, hostname: hostname(), url }
  writeFileAtomically(path, `${JSON.stringify(address, null, 2)}\n`, { mode: MODE })
}

/** Removes the note. Never throws: a note of a process that is gone is not believed anyway. */
export function forgetDashboard(sessionPath: string): void {
  try {
    rmSync(addressPath(sessionPath), { force: true })
  } catch {
    // See above.
  }
}

/** The address that a process of this machine serves right now, or null. */
export function findDashboard(sessionPath: string): DashboardAddress | null {
  try {
    const address = JSON.parse(readFileSync(addressPath(sessionPath), 'utf8')) as DashboardAddress
    if (address.hostname !== hostname() || !URL.canParse(address.url)) return null
    process.kill(address.pid, 0)
    return address
  } catch {
    return null
  }
}
