import type { ProcessSampleRow, SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import type { ProcessPolicy } from '@traceml/diagnostics'
import { resolvePolicies } from '@traceml/diagnostics'
import { buildProcess } from './build.js'
import { loadProcess } from './load.js'

/**
 * Makes the `process` section: processor time and memory of every rank's process.
 *
 * @param policy - Thresholds of the verdict; default the robust set.
 */
export function createProcessSection(
  policy: ProcessPolicy = resolvePolicies().summary.process,
): SummarySection<readonly ProcessSampleRow[]> {
  return defineSection<readonly ProcessSampleRow[]>({
    apiVersion: 1,
    kind: 'section',
    id: 'process',
    title: 'Process',
    indexBy: 'global_rank',
    load: loadProcess,
    build: (samples) => buildProcess(samples, policy),
  })
}

/** The `process` section with the default policy. */
export const processSection: SummarySection<readonly ProcessSampleRow[]> =
  /* @__PURE__ */ createProcessSection()
