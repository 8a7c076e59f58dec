import type { Duplex } from 'node:stream'
import { createFrameDecoder, encodeFrame, isDecodablePayload } from '@traceml/codec'
import type { AckMessage, HelloMessage } from '@traceml/contracts'
import { type AdmissionRules, findHello, type Refusal, refuse } from './admission.js'

/** Undecodable frames after which a peer that never sent a good one is closed. */
const MAX_STRANGE_FRAMES = 8

/** Why the server closed a connection. */
export type CloseReason = Refusal | 'oversized' | 'garbage'

/** One peer of a telemetry server. */
export interface TelemetryConnection {
  /** Unique within the server, from 1. */
  readonly id: number
  /** Address and port of the peer, for messages. */
  readonly peer: string
  /** What the peer said first, or null for a peer that says no hello. */
  readonly hello: HelloMessage | null
  /** Complete frames read so far: hello, controls and skipped ones included. */
  readonly framesReceived: number
  /** Frames skipped because they could not be decoded. */
  readonly framesSkipped: number
  /**
   * Says that the first `frames` frames of this connection are in safe hands. Sent once per turn
   * of the event loop, and only to a peer that asked for acks; otherwise it does nothing.
   */
  acknowledge(frames: number): void
}

/** What a connection reports to its server. @internal */
export interface ConnectionEvents {
  onFrame(connection: TelemetryConnection, payload: Uint8Array): void
  onRead(connection: TelemetryConnection): void
  onReject(connection: TelemetryConnection, reason: CloseReason): void
  onSkip(connection: TelemetryConnection): void
}

/** A connection as its server sees it. @internal */
export interface ServerConnection extends TelemetryConnection {
  read(chunk: Uint8Array): void
  /** Sends what was acknowledged so far at once, and ends the connection. */
  end(): void
  readonly bufferedBytes: number
}

/** A stream that was accepted, and what its server asks of whoever is at the other end. @internal */
export interface AcceptedStream {
  /** Unique within the server, from 1. */
  readonly id: number
  readonly stream: Duplex
  /** Address and port of the peer. */
  readonly peer: string
  readonly rules: AdmissionRules & { readonly maxFrameBytes: number }
}

/** Wraps an accepted stream. The caller feeds it bytes. @internal */
export function createServerConnection(
  { id, stream: socket, peer, rules }: AcceptedStream,
  events: ConnectionEvents,
): ServerConnection {
  const decoder = createFrameDecoder({ maxFrameBytes: rules.maxFrameBytes })
  let hello: HelloMessage | null = null
  let frames = 0
  let skipped = 0
  let admitted = false
  let ended = false
  let acknowledged = 0
  let announced = 0
  let ackScheduled = false

  const reject = (reason: CloseReason): void => {
    ended = true
    events.onReject(connection, reason)
    socket.destroy()
  }

  const sendAck = (): void => {
    ackScheduled = false
    if (acknowledged <= announced || socket.destroyed || !socket.writable) return
    if (socket.writableNeedDrain) {
      // The peer does not read its acks; they are cumulative, so one later is enough.
      socket.once('drain', sendAck)
      ackScheduled = true
      return
    }
    announced = acknowledged
    const ack: AckMessage = { _traceml_control: 'ack', frames: acknowledged }
    socket.write(encodeFrame([ack]))
  }

  const takeFirst = (payload: Uint8Array): boolean => {
    hello = findHello(payload)
    const refusal = refuse(rules, hello)
    if (refusal !== null) {
      reject(refusal)
      return false
    }
    admitted = true
    if (hello === null) return true
    connection.acknowledge(frames)
    return false
  }

  const take = (payload: Uint8Array): void => {
    frames += 1
    if (!isDecodablePayload(payload)) {
      skipped += 1
      events.onSkip(connection)
      if (skipped >= MAX_STRANGE_FRAMES && skipped === frames) reject('garbage')
      return
    }
    if (admitted || takeFirst(payload)) events.onFrame(connection, payload)
  }

  const connection: ServerConnection = {
    id,
    peer,
    get hello() {
      return hello
    },
    get framesReceived() {
      return frames
    },
    get framesSkipped() {
      return skipped
    },
    get bufferedBytes() {
      return decoder.bufferedBytes
    },
    acknowledge(count) {
      if (hello?.acks !== true || count <= acknowledged) return
      acknowledged = count
      if (ackScheduled) return
      ackScheduled = true
      setImmediate(sendAck)
    },
    end() {
      ended = true
      sendAck()
      socket.end()
    },
    read(chunk) {
      if (ended) return
      for (const payload of decoder.push(chunk)) {
        take(payload)
        if (ended) return
      }
      events.onRead(connection)
      if (decoder.failure !== null) reject('oversized')
    },
  }
  return connection
}
