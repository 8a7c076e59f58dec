import type { StepTimeSnapshot, SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import type { StepTimePolicy } from '@traceml/diagnostics'
import { resolvePolicies } from '@traceml/diagnostics'
import { buildStepTime } from './build.js'
import { loadStepTime } from './load.js'

/**
 * Makes the `step_time` section: where a training step spends its time, per rank, and why.
 *
 * @param policy - Thresholds of the verdict; default the robust set.
 */
export function createStepTimeSection(
  policy: StepTimePolicy = resolvePolicies().summary.stepTime,
): SummarySection<StepTimeSnapshot> {
  return defineSection<StepTimeSnapshot>({
    apiVersion: 1,
    kind: 'section',
    id: 'step_time',
    title: 'Step Time',
    indexBy: 'global_rank',
    load: loadStepTime,
    build: (snapshot, context) => buildStepTime(snapshot, context.windowRows, policy),
  })
}

/** The `step_time` section with the default policy. */
export const stepTimeSection: SummarySection<StepTimeSnapshot> =
  /* @__PURE__ */ createStepTimeSection()
