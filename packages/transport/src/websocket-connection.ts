import { encodeFrame } from '@traceml/codec'
import type { HelloMessage } from '@traceml/contracts'
import { createAckReader } from './ack-reader.js'
import type { ClientConnection, ClientConnectionEvents } from './connection.js'
import { startTimer } from './held-timer.js'
import { isRefusal } from './refusal-codes.js'

const CONNECT_TIMEOUT_MS = 5000
/** Bytes handed to the browser and not sent yet above which the next chunk waits for an ack. */
const MAX_UNSENT_BYTES = 1024 * 1024
const NORMAL_CLOSURE = 1000

/** The part of a browser's `WebSocket` that is used. @internal */
export interface WebSocketLike {
  binaryType: string
  readonly bufferedAmount: number
  send(data: Uint8Array): void
  close(code?: number, reason?: string): void
  addEventListener(type: string, listener: (event: never) => void): void
}

/** Connects in the background. @internal */
export function openWebSocketConnection(
  open: () => WebSocketLike,
  hello: HelloMessage,
  events: ClientConnectionEvents,
): ClientConnection {
  let isOpen = false
  let isHealthy = false
  let isWaiting = false
  let confirmed = 0
  let ended = false

  const finish = (reason: string, refused = false): void => {
    if (ended) return
    ended = true
    connectTimer.cancel()
    events.onClose(reason, refused)
  }
  const answers = createAckReader((frames) => {
    if (!isHealthy) {
      isHealthy = true
      events.onHealthy()
    }
    // The hello is the first frame of the connection.
    const more = frames - 1 - confirmed
    if (more > 0) {
      confirmed += more
      events.onConfirm(more)
    }
    if (!isWaiting) return
    isWaiting = false
    events.onDrain()
  })
  const socket = open()
  socket.binaryType = 'arraybuffer'
  const connectTimer = startTimer(CONNECT_TIMEOUT_MS, false, () => {
    socket.close()
    finish(`no answer within ${CONNECT_TIMEOUT_MS} ms`)
  })
  socket.addEventListener('open', () => {
    connectTimer.cancel()
    isOpen = true
    socket.send(encodeFrame([hello]))
    events.onOpen()
  })
  socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
    const speaks = data instanceof ArrayBuffer && answers.read(new Uint8Array(data))
    if (!speaks) socket.close()
  })
  socket.addEventListener('close', (event: { readonly code: number; readonly reason: string }) => {
    const refused = isRefusal(event.code)
    const reason = event.reason === '' ? closeReason(isOpen, event.code) : event.reason
    finish(reason, refused)
  })

  return {
    write(bytes) {
      if (!isOpen || ended) return false
      socket.send(bytes)
      isWaiting = socket.bufferedAmount > MAX_UNSENT_BYTES
      return !isWaiting
    },
    ref: () => {},
    unref: () => {},
    end: () => socket.close(NORMAL_CLOSURE),
  }
}

/** A browser does not tell a page why a connection could not be made. */
function closeReason(wasOpen: boolean, code: number): string {
  return wasOpen
    ? `closed with code ${code}`
    : 'no connection; either nobody listens there or this page’s origin is not allowed'
}
