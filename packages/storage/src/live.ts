export { buffersOfLiveRows } from './live/row-collector.js'
export type { LiveRowDecoder } from './live/row-decoder.js'
export { createLiveRowDecoder } from './live/row-decoder.js'
