import type { SummarySection, SystemWindow } from '@traceml/contracts'
import { defineSection } from '@traceml/contracts'
import type { SystemPolicy } from '@traceml/diagnostics'
import { resolvePolicies } from '@traceml/diagnostics'
import { buildSystem } from './build.js'
import { loadSystem } from './load.js'

/**
 * Makes the `system` section: how busy, full and hot the nodes and their GPUs are.
 *
 * @param policy - Thresholds of the verdict; default the robust set.
 */
export function createSystemSection(
  policy: SystemPolicy = resolvePolicies().summary.system,
): SummarySection<SystemWindow> {
  return defineSection<SystemWindow>({
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
export const systemSection: SummarySection<SystemWindow> = /* @__PURE__ */ createSystemSection()
