import type { SamplerSpec } from '@traceml/contracts'
import { deviceStepTimeSpec } from './device-step-time.js'
import { pageMemorySpec } from './page-memory.js'
import { runtimeEnvironmentSpec } from './runtime-environment.js'
import { stepMemorySpec } from './step-memory.js'

/** The built-in samplers of a training in a page, in the order in which they sample and travel. */
export const pageSamplerSpecs: readonly SamplerSpec[] = [
  runtimeEnvironmentSpec,
  pageMemorySpec,
  deviceStepTimeSpec,
  stepMemorySpec,
]
