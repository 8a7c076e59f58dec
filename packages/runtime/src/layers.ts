export { layerBudgetFromEnv } from './layers/layer-budget.js'
export type { ObservedStep, StepSampler, StepSamplerOptions } from './layers/step-sampler.js'
export { createStepSampler } from './layers/step-sampler.js'
