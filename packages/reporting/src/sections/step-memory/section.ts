import type { StepMemoryColumns, StepMemoryWindow, SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import type { StepMemoryPolicy } from '@traceml/diagnostics'
import { resolvePolicies } from '@traceml/diagnostics'
import { buildStepMemory } from './build.js'
import { loadStepMemory } from './load.js'

/**
 * Makes the `step_memory` section: how much device memory the steps need, per rank, and whether it
 * grows.
 *
 * @param policy - Thresholds of the verdict; default the robust set.
 */
export function createStepMemorySection(
  policy: StepMemoryPolicy = resolvePolicies().summary.stepMemory,
): SummarySection<StepMemoryWindow | StepMemoryColumns> {
  return defineSection<StepMemoryWindow | StepMemoryColumns>({
    apiVersion: 1,
    kind: 'section',
    id: 'step_memory',
    title: 'Step Memory',
    indexBy: 'global_rank',
    load: loadStepMemory,
    build: (memory, context) => buildStepMemory(memory, context.windowRows, policy),
  })
}

/** The `step_memory` section with the default policy. */
export const stepMemorySection: SummarySection<StepMemoryWindow | StepMemoryColumns> =
  /* @__PURE__ */ createStepMemorySection()
