import type { SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import { fallbackPayload } from '../fallback.js'

/** The `process` section: this version records its telemetry and does not summarise it yet. */
export const processSection: SummarySection<null> = /* @__PURE__ */ defineSection<null>({
  apiVersion: 1,
  kind: 'section',
  id: 'process',
  title: 'Process',
  indexBy: 'global_rank',
  load: async () => null,
  build: () =>
    fallbackPayload({
      title: 'Process',
      indexBy: 'global_rank',
      summary: 'The process section is not part of this version yet.',
      action: 'Read the recorded rows from the history database of the run.',
    }),
})
