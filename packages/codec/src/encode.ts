import { MessageWriter } from './message-writer.js'

const KEEP_BYTES = 1 << 20

let shared = /* @__PURE__ */ new MessageWriter()

/**
 * One frame as it travels: 4-byte big-endian length, then the MessagePack payload.
 *
 * Rows, envelopes and controls of this project come out byte for byte as existing clients send
 * them. Whole numbers are integers, except under the known float keys or inside `float64(x)`.
 *
 * @throws {TraceMLError} TRACEML_PROTOCOL_FRAME for a value that cannot travel.
 */
export function encodeFrame(value: unknown): Uint8Array {
  const writer = borrow()
  writer.beginFrame()
  writer.value(value)
  return writer.endFrame()
}

/**
 * The MessagePack bytes of one value, without the length.
 *
 * @throws {TraceMLError} TRACEML_PROTOCOL_FRAME for a value that cannot travel.
 */
export function encodePayload(value: unknown): Uint8Array {
  const writer = borrow()
  writer.reset()
  writer.value(value)
  return writer.toBytes()
}

/** The shared writer; one that grew for a huge message is not kept for ever. */
function borrow(): MessageWriter {
  if (shared.length > KEEP_BYTES) shared = new MessageWriter()
  return shared
}
