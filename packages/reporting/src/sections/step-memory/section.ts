import type { SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import { fallbackPayload } from '../fallback.js'

/** The `step_memory` section: this version records its telemetry and does not summarise it yet. */
export const stepMemorySection: SummarySection<null> = /* @__PURE__ */ defineSection<null>({
  apiVersion: 1,
  kind: 'section',
  id: 'step_memory',
  title: 'Step Memory',
  indexBy: 'global_rank',
  load: async () => null,
  build: () =>
    fallbackPayload({
      title: 'Step Memory',
      indexBy: 'global_rank',
      summary: 'The step memory section is not part of this version yet.',
      action: 'Read the recorded rows from the history database of the run.',
    }),
})
