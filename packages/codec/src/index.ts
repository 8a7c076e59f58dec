export type { SplitBatch } from './batch.js'
export { splitBatch } from './batch.js'
export { isWireMap, toFloat, toInteger, toText } from './coerce.js'
export {
  CONTROL_KEY,
  parseAck,
  parseControl,
  parseHello,
  parseRankFinished,
} from './control.js'
export { decodePayload, isDecodablePayload } from './decode.js'
export { encodeFrame, encodePayload } from './encode.js'
export { normalizeEnvelope, normalizeMeta } from './envelope.js'
export { FLOAT_KEYS, Float64, float64 } from './float64.js'
export type { FrameDecoder, FrameDecoderOptions } from './frame-decoder.js'
export { createFrameDecoder } from './frame-decoder.js'
export type { MessageExtension } from './message-reader.js'
export { MessageReader } from './message-reader.js'
export { MessageWriter } from './message-writer.js'
