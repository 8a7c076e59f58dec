import type { SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import { fallbackPayload } from '../fallback.js'

/** The `system` section: this version records its telemetry and does not summarise it yet. */
export const systemSection: SummarySection<null> = /* @__PURE__ */ defineSection<null>({
  apiVersion: 1,
  kind: 'section',
  id: 'system',
  title: 'System',
  indexBy: 'node_rank',
  load: async () => null,
  build: () =>
    fallbackPayload({
      title: 'System',
      indexBy: 'node_rank',
      summary: 'The system section is not part of this version yet.',
      action: 'Read the recorded rows from the history database of the run.',
    }),
})
