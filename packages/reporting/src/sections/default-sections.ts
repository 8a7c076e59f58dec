import type { SummarySection } from '@traceml/contracts'
import { processSection } from './process/section.js'
import { stepMemorySection } from './step-memory/section.js'
import { stepTimeSection } from './step-time/section.js'
import { systemSection } from './system/section.js'

/** The sections of every report, in the order in which they are built. */
export const defaultSections: readonly SummarySection[] = [
  systemSection,
  processSection,
  stepTimeSection,
  stepMemorySection,
]
