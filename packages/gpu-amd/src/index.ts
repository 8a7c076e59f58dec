export type { AmdReaderOptions } from './create-gpu-reader.js'
export { createGpuReader } from './create-gpu-reader.js'
