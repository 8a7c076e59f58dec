import { DEFAULTS, ProtocolError } from '@traceml/contracts'

const HEADER_BYTES = 4

/** Cuts a byte stream into payloads; one per connection. */
export interface FrameDecoder {
  /**
   * Takes the next bytes of the stream and returns the payloads that are complete now, oldest
   * first. A payload may be a view of `chunk`, so copy what must outlive it. A length of zero gives
   * an empty payload. After a failure nothing more is returned.
   */
  push(chunk: Uint8Array): readonly Uint8Array[]
  /** Set when a length beyond the limit was announced: the stream cannot be followed any more. */
  readonly failure: ProtocolError | null
  /** Bytes held of a payload that is not complete yet; only bytes that really arrived. */
  readonly bufferedBytes: number
}

/** Options of {@link createFrameDecoder}. */
export interface FrameDecoderOptions {
  /** Largest payload to accept, in bytes; default 64 MiB. */
  readonly maxFrameBytes?: number
}

/** Creates an incremental decoder of length-prefixed frames. O(bytes), whatever the chunking. */
export function createFrameDecoder(options: FrameDecoderOptions = {}): FrameDecoder {
  const maxFrameBytes = options.maxFrameBytes ?? DEFAULTS.maxFrameBytes
  const header = new Uint8Array(HEADER_BYTES)
  let headerFilled = 0
  let parts: Uint8Array[] = []
  let partBytes = 0
  let failure: ProtocolError | null = null

  const announce = (b0: number, b1: number, b2: number, b3: number): number => {
    const size = b0 * 0x1000000 + b1 * 0x10000 + b2 * 0x100 + b3
    if (size > maxFrameBytes) failure = oversized(size, maxFrameBytes)
    return size
  }

  /** Size of the payload that is being collected, valid once the header is full. */
  const pendingSize = (): number =>
    announce(header[0] ?? 0, header[1] ?? 0, header[2] ?? 0, header[3] ?? 0)

  /** Completes the frame left open by earlier chunks; returns how much of `chunk` it took. */
  const continueFrame = (chunk: Uint8Array, payloads: Uint8Array[]): number => {
    let offset = 0
    while (headerFilled < HEADER_BYTES && offset < chunk.length) {
      header[headerFilled] = chunk[offset] ?? 0
      headerFilled += 1
      offset += 1
    }
    if (headerFilled < HEADER_BYTES) return offset
    const missing = pendingSize() - partBytes
    if (failure !== null) {
      parts = []
      partBytes = 0
      return chunk.length
    }
    const take = Math.min(missing, chunk.length - offset)
    if (take > 0) {
      // A real copy (`slice` of a Node Buffer is a view): the chunk may keep a large buffer alive.
      parts.push(new Uint8Array(chunk.subarray(offset, offset + take)))
      partBytes += take
    }
    if (take === missing) {
      payloads.push(join(parts, partBytes))
      parts = []
      partBytes = 0
      headerFilled = 0
    }
    return offset + take
  }

  return {
    get failure() {
      return failure
    },
    get bufferedBytes() {
      return partBytes + headerFilled
    },
    push(chunk) {
      const payloads: Uint8Array[] = []
      if (failure !== null) return payloads
      let offset = headerFilled > 0 ? continueFrame(chunk, payloads) : 0
      while (chunk.length - offset >= HEADER_BYTES) {
        const size = announce(
          chunk[offset] as number,
          chunk[offset + 1] as number,
          chunk[offset + 2] as number,
          chunk[offset + 3] as number,
        )
        if (failure !== null) return payloads
        const end = offset + HEADER_BYTES + size
        if (end > chunk.length) break
        payloads.push(chunk.subarray(offset + HEADER_BYTES, end))
        offset = end
      }
      if (offset < chunk.length) continueFrame(chunk.subarray(offset), payloads)
      return payloads
    },
  }
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const only = parts[0]
  if (parts.length === 1 && only !== undefined) return only
  const whole = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

function oversized(size: number, limit: number): ProtocolError {
  return new ProtocolError(
    'TRACEML_PROTOCOL_FRAME',
    `A peer announced a frame of ${size} bytes, more than the limit of ${limit}; it does not speak this protocol, or its batches must become smaller.`,
    { details: { announcedBytes: size, maxFrameBytes: limit } },
  )
}
