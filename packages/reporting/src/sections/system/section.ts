import type { SummarySection } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import type { SystemPolicy } from '@traceml/diagnostics'
import { resolvePolicies } from '@traceml/diagnostics'
import { buildSystem } from './build.js'
import { loadSystem, type SystemData } from './load.js'

/**
 * Makes the `system` section: how busy, full and hot the nodes and their GPUs are.
 *
 * @param policy - Thresholds of the verdict; default the robust set.
 */
export function createSystemSection(
  policy: SystemPolicy = resolvePolicies().summary.system,
): SummarySection<SystemData> {
  return defineSection<SystemData>({
    apiVersion: 1,
    kind: 'section',
    id: 'system',
    title: 'System',
    indexBy: 'node_rank',
    load: loadSystem,
    build: (window) => buildSystem(window, policy),
  })
}

/** The `system` section with the default policy. */
export const systemSection: SummarySection<SystemData> = /* @__PURE__ */ createSystemSection()
