export { createDeviceStepTimeSampler, deviceStepTimeSpec } from './device-step-time.js'
export { createPageMemorySampler, pageMemorySpec } from './page-memory.js'
export { pageSamplerSpecs } from './page-specs.js'
