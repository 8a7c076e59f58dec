export type { SamplerSelection } from './default-registry.js'
export { defaultSamplerRegistry, defaultSamplerSpecs, selectSamplers } from './default-registry.js'
export { createGpuDevicesSampler, gpuDevicesSpec } from './gpu-devices.js'
export { createLayerMemorySampler, layerMemorySpec } from './layers/layer-memory.js'
export {
  createLayerBackwardMemorySampler,
  createLayerBackwardTimeSampler,
  createLayerForwardMemorySampler,
  createLayerForwardTimeSampler,
  layerBackwardMemorySpec,
  layerBackwardTimeSpec,
  layerForwardMemorySpec,
  layerForwardTimeSpec,
} from './layers/layer-pass.js'
export { createProcessSampler, processSpec } from './process.js'
export type {
  ProcessTreeMember,
  ProcessTreeReader,
  ProcessTreeReading,
} from './process-tree.js'
export { createProcessTreeReader } from './process-tree.js'
export {
  createRuntimeEnvironmentSampler,
  environmentColumns,
  runtimeEnvironmentSpec,
  topologyOf,
} from './runtime-environment.js'
export { createStdoutStderrSampler, stdoutStderrSpec } from './stdout-stderr.js'
export { createStepMemorySampler, stepMemoryRow, stepMemorySpec } from './step-memory.js'
export { createStepTimeSampler, stepTimeRow, stepTimeSpec } from './step-time.js'
export { createSystemSampler, systemSpec } from './system.js'
