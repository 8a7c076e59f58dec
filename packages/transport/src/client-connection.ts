import { connect } from 'node:net'
import { createFrameDecoder, decodePayload, encodeFrame, splitBatch } from '@traceml/codec'
import { errorMessage, type HelloMessage } from '@traceml/contracts'

const CONNECT_TIMEOUT_MS = 5000
/** A server that knows acks answers the hello at once; after this time it is taken not to. */
const ACK_GRACE_MS = 2000
const MAX_ACK_BYTES = 65_536

/** What one connection tells its client. @internal */
export interface ClientConnectionEvents {
  /** The socket is open and the hello is on its way. */
  onOpen(): void
  /** So many more frames (the hello not counted) have arrived, by ack or, without acks, written. */
  onConfirm(frames: number): void
  /** The peer has proved that it speaks the protocol, or lived long enough without acks. */
  onHealthy(): void
  onDrain(): void
  onClose(reason: string): void
}

/** One attempt to talk to the server. @internal */
export interface ClientConnection {
  /** False when the caller should wait for `onDrain`. */
  write(bytes: Uint8Array, frames: number): boolean
  ref(): void
  unref(): void
  end(): void
  destroy(): void
}

/** Connects in the background; the socket does not keep the process alive. @internal */
export function openClientConnection(
  address: { readonly host: string; readonly port: number },
  hello: HelloMessage,
  events: ClientConnectionEvents,
): ClientConnection {
  const decoder = createFrameDecoder({ maxFrameBytes: MAX_ACK_BYTES })
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
  socket.on('data', (chunk) => {
    for (const payload of decoder.push(chunk)) {
      const frames = ackedFrames(payload)
      if (frames === null) continue
      if (acks !== true) {
        acks = true
        events.onHealthy()
      }
      // The hello is the first frame of the connection.
      confirmThrough(frames - 1)
    }
    if (decoder.failure !== null) socket.destroy()
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
    destroy: () => {
      socket.destroy()
    },
  }
}

function ackedFrames(payload: Uint8Array): number | null {
  try {
    for (const control of splitBatch(decodePayload(payload)).controls) {
      if (control._traceml_control === 'ack') return control.frames
    }
  } catch {
    // Whatever a stranger answers is not an ack.
  }
  return null
}
