export type { NvidiaReaderOptions } from './create-gpu-reader.js'
export { createGpuReader } from './create-gpu-reader.js'
export type { DeviceSelection, SelectedDevice } from './visible-devices.js'
export { parseVisibleDevices } from './visible-devices.js'
