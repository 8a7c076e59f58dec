export { instrument } from './instrument.js'
export type { TensorFlowLike } from './library.js'
