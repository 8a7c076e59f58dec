import type { SamplerSpec } from '@traceml/contracts'
import { pageMemorySpec } from './page-memory.js'
import { runtimeEnvironmentSpec } from './runtime-environment.js'
import { stepMemorySpec } from './step-memory.js'
import { stepTimeSpec } from './step-time.js'

/** The built-in samplers of a training in a page, in the order in which they sample and travel. */
export const pageSamplerSpecs: readonly SamplerSpec[] = [
  runtimeEnvironmentSpec,
  pageMemorySpec,
  stepTimeSpec,
  stepMemorySpec,
]
