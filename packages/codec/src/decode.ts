import { ProtocolError } from '@traceml/contracts'
import { looksLikeJson, parseJsonPayload } from './json-payload.js'
import { MessageReader } from './message-reader.js'

/**
 * The value of one payload: MessagePack, or UTF-8 JSON from clients that fell back to it.
 *
 * Integers beyond 2^53 are `bigint`; binary data is `Uint8Array`; maps are plain objects. JSON is
 * recognised by its first byte; its bare `NaN` and `Infinity` become null.
 *
 * @throws {TraceMLError} TRACEML_PROTOCOL_FRAME for anything else: empty, truncated, garbage,
 * trailing bytes, more than 64 levels deep.
 */
export function decodePayload(payload: Uint8Array): unknown {
  if (looksLikeJson(payload)) return parseJsonPayload(payload)
  const reader = new MessageReader(payload)
  const value = reader.value()
  if (reader.remaining > 0) throw trailing(reader)
  return value
}

/**
 * True when {@link decodePayload} would find a well-formed value, at a fraction of its cost: no
 * object is created. MessagePack text is not checked for valid UTF-8, nor depth for its limit.
 */
export function isDecodablePayload(payload: Uint8Array): boolean {
  try {
    if (looksLikeJson(payload)) {
      parseJsonPayload(payload)
      return true
    }
    const reader = new MessageReader(payload)
    reader.skip()
    return reader.remaining === 0
  } catch {
    return false
  }
}

function trailing(reader: MessageReader): ProtocolError {
  return new ProtocolError(
    'TRACEML_PROTOCOL_FRAME',
    `The payload has ${reader.remaining} bytes after its value, which ends at byte ${reader.position}; send one value per frame.`,
  )
}
