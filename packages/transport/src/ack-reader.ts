import { createFrameDecoder, decodePayload, splitBatch } from '@traceml/codec'

const MAX_ACK_BYTES = 65_536

/** Cuts what a server answers into acknowledgements. @internal */
export interface AckReader {
  /** Calls `onAck` for every ack; false when the peer does not speak this protocol. */
  read(chunk: Uint8Array): boolean
}

/** @param onAck - Gets the frames of this connection that are in safe hands, its hello included. @internal */
export function createAckReader(onAck: (frames: number) => void): AckReader {
  const decoder = createFrameDecoder({ maxFrameBytes: MAX_ACK_BYTES })
  return {
    read(chunk) {
      for (const payload of decoder.push(chunk)) {
        const frames = ackedFrames(payload)
        if (frames !== null) onAck(frames)
      }
      return decoder.failure === null
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
