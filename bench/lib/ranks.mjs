// The sending ends of a benchmark: one socket per rank, as plain clients that ask for no answers.
import { once } from 'node:events'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { finishedFrame } from './frames.mjs'

/** Connects one socket per rank. @param {number} port @param {number} ranks */
export async function connectRanks(port, ranks) {
  const sockets = []
  for (let rank = 0; rank < ranks; rank += 1) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    sockets.push(socket)
  }
  return {
    /** Sends the frames of a rank in order, as fast as the socket takes them. */
    async sendAll(rank, frames) {
      const socket = sockets[rank]
      for (const frame of frames) if (!socket.write(frame)) await once(socket, 'drain')
    },
    send: (rank, frame) => sockets[rank].write(frame),
    /** Says that every rank is done and closes the connections. */
    async finish() {
      const closed = sockets.map((socket) => once(socket, 'close'))
      for (const [rank, socket] of sockets.entries()) {
        socket.resume()
        socket.end(finishedFrame(rank, ranks))
      }
      await Promise.all(closed)
    },
  }
}

/** Polls until `read()` is at least `wanted`, or has not changed for `quietMs`. */
export async function waitForCount(read, wanted, quietMs = 8000) {
  let last = read()
  let since = performance.now()
  while (last < wanted && performance.now() - since < quietMs) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    const next = read()
    if (next !== last) since = performance.now()
    last = next
  }
  return last
}
