import type { WebSocket } from 'ws'

const BEAT_MS = 15_000

/** Finds pages that vanished without closing their connection. @internal */
export interface Heartbeat {
  watch(socket: WebSocket): void
  stop(): void
}

/**
 * Asks every page for a sign of life now and then and ends the connection of one that gave none
 * since the last time. Browsers answer beside the page's own thread: a training that never yields
 * and a hidden tab are alive. @internal
 */
export function startHeartbeat(sockets: ReadonlySet<WebSocket>): Heartbeat {
  const silent = new WeakSet<WebSocket>()
  const timer = setInterval(() => {
    for (const socket of sockets) {
      if (silent.has(socket)) socket.terminate()
      else {
        silent.add(socket)
        socket.ping()
      }
    }
  }, BEAT_MS)
  timer.unref()
  return {
    watch(socket) {
      socket.on('pong', () => silent.delete(socket))
    },
    stop: () => clearInterval(timer),
  }
}
