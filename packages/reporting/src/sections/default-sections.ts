import type { SummarySection } from '@traceml/contracts'
import type { DiagnosticPolicies } from '@traceml/diagnostics'
import { resolvePolicies } from '@traceml/diagnostics'
import { processSection } from './process/section.js'
import { stepMemorySection } from './step-memory/section.js'
import { createStepTimeSection } from './step-time/section.js'
import { systemSection } from './system/section.js'

/**
 * The sections of every report, in the order in which they are built.
 *
 * @param policies - Thresholds of all domains; default the robust set.
 */
export function createSections(
  policies: DiagnosticPolicies = resolvePolicies(),
): readonly SummarySection[] {
  return [
    systemSection,
    processSection,
    createStepTimeSection(policies.summary.stepTime),
    stepMemorySection,
  ]
}

/** {@link createSections} with the default policies. */
export const defaultSections: readonly SummarySection[] = /* @__PURE__ */ createSections()
