import { connect } from 'node:net'

const ATTEMPT_MS = 1_000
const PAUSE_MS = 250

/**
 * Waits until a host accepts connections on a port: whether it does before the deadline, or before
 * `isCancelled`.
 */
export async function waitForPeer(
  peer: { readonly host: string; readonly port: number },
  timeoutMs: number,
  isCancelled: () => boolean,
): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (!isCancelled()) {
    if (await accepts(peer)) return true
    if (performance.now() >= end) return false
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return false
}

function accepts(peer: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...peer, timeout: ATTEMPT_MS })
    const settle = (isOpen: boolean) => () => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', settle(true)).once('timeout', settle(false)).once('error', settle(false))
  })
}
