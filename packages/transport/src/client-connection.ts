import { connect } from 'node:net'
import { encodeFrame } from '@traceml/codec'
import { errorMessage, type HelloMessage } from '@traceml/contracts'
import { createAckReader } from './ack-reader.js'
import type { ClientConnection, ClientConnectionEvents } from './connection.js'

const CONNECT_TIMEOUT_MS = 5000
/** A server that knows acks answers the hello at once; after this time it is taken not to. */
const ACK_GRACE_MS = 2000

/** Connects in the background; the socket does not keep the process alive. @internal */
export function openClientConnection(
  address: { readonly host: string; readonly port: number },
  hello: HelloMessage,
  events: ClientConnectionEvents,
): ClientConnection {
  const socket = connect({ host: address.host, port: address.port, noDelay: true })
  socket.unref()
  let acks: boolean | null = null
  let written = 0
  let confirmed = 0
  let reason = 'closed by the peer'

  const confirmThrough = (frames: number): void => {
    if (frames <= confirmed) return
    const more = frames - confirmed
    confirmed = frames
    events.onConfirm(more)
  }

  const connectTimer = setTimeout(() => {
    reason = `no answer within ${CONNECT_TIMEOUT_MS} ms`
    socket.destroy()
  }, CONNECT_TIMEOUT_MS)
  connectTimer.unref()
  let graceTimer: NodeJS.Timeout | null = null

  socket.on('connect', () => {
    clearTimeout(connectTimer)
    socket.write(encodeFrame([hello]))
    graceTimer = setTimeout(() => {
      if (acks !== null) return
      acks = false
      events.onHealthy()
      confirmThrough(written)
    }, ACK_GRACE_MS)
    if (!referenced) graceTimer.unref()
    events.onOpen()
  })
  const answers = createAckReader((frames) => {
    if (acks !== true) {
      acks = true
      events.onHealthy()
    }
    // The hello is the first frame of the connection.
    confirmThrough(frames - 1)
  })
  socket.on('data', (chunk) => {
    if (!answers.read(chunk)) socket.destroy()
  })
  socket.on('drain', () => events.onDrain())
  socket.on('error', (error) => {
    reason = errorMessage(error)
  })
  socket.on('close', () => {
    clearTimeout(connectTimer)
    if (graceTimer !== null) clearTimeout(graceTimer)
    events.onClose(reason)
  })

  let referenced = false
  return {
    write: (bytes, frames) =>
      socket.write(bytes, (error) => {
        if (error) return
        written += frames
        if (acks === false) confirmThrough(written)
      }),
    ref() {
      referenced = true
      socket.ref()
      connectTimer.ref()
      graceTimer?.ref()
    },
    unref() {
      referenced = false
      socket.unref()
      connectTimer.unref()
      graceTimer?.unref()
    },
    end: () => {
      socket.end()
    },
  }
}
