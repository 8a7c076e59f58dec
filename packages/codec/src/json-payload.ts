import { ProtocolError } from '@traceml/contracts'
import { utf8Decode } from './text-codec.js'

const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b
/** Strings are matched too, so that the words inside them are left alone. */
const BARE_WORDS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g

/**
 * True when the payload is JSON text. Alone, the same first bytes are the MessagePack integers 91
 * and 123; with anything after them they cannot be MessagePack.
 */
export function looksLikeJson(payload: Uint8Array): boolean {
  return payload.length > 1 && (payload[0] === OPEN_BRACE || payload[0] === OPEN_BRACKET)
}

/**
 * The value of a JSON payload; the bare words `NaN` and `Infinity` are read as null.
 *
 * @throws {TraceMLError} TRACEML_PROTOCOL_FRAME when it is neither.
 */
export function parseJsonPayload(payload: Uint8Array): unknown {
  try {
    const text = utf8Decode(payload)
    try {
      return JSON.parse(text) as unknown
    } catch {
      return JSON.parse(text.replace(BARE_WORDS, bareToNull)) as unknown
    }
  } catch (cause) {
    throw new ProtocolError(
      'TRACEML_PROTOCOL_FRAME',
      `A payload of ${payload.length} bytes begins like JSON but is not; check the sender's codec.`,
      { cause },
    )
  }
}

function bareToNull(word: string): string {
  return word.startsWith('"') ? word : 'null'
}
