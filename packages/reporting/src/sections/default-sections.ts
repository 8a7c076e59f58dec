import type { SummarySection } from '@traceml/contracts'
import type { DiagnosticPolicies } from '@traceml/diagnostics'
import { resolvePolicies } from '@traceml/diagnostics'
import { layersSection } from './layers/section.js'
import { createProcessSection } from './process/section.js'
import { createStepMemorySection } from './step-memory/section.js'
import { createStepTimeSection } from './step-time/section.js'
import { createSystemSection } from './system/section.js'

/**
 * The sections of a report, in the order in which they are built. Every report has the first four.
 *
 * @param policies - Thresholds of all domains; default the robust set.
 */
export function createSections(
  policies: DiagnosticPolicies = resolvePolicies(),
): readonly SummarySection[] {
  const { system, process, stepTime, stepMemory } = policies.summary
  return [
    createSystemSection(system),
    createProcessSection(process),
    createStepTimeSection(stepTime),
    createStepMemorySection(stepMemory),
    layersSection,
  ]
}

/** {@link createSections} with the default policies. */
export const defaultSections: readonly SummarySection[] = /* @__PURE__ */ createSections()
