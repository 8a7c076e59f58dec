import type { StepTimeSnapshot, SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import { buildStepTime } from './build.js'
import { loadStepTime } from './load.js'

/** The `step_time` section: where a training step spends its time, per rank, and why. */
export const stepTimeSection: SummarySection<StepTimeSnapshot> = defineSection<StepTimeSnapshot>({
  apiVersion: 1,
  kind: 'section',
  id: 'step_time',
  title: 'Step Time',
  indexBy: 'global_rank',
  load: loadStepTime,
  build: (snapshot, context) => buildStepTime(snapshot, context.windowRows),
})
