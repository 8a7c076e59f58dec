import type { ComparedMetric, CompareMetric } from '@traceml/contracts'
import { plainLine } from '@traceml/contracts'
import type { CompareDocument, ComparedSection } from '../model.js'

const SECTION_TITLES: Readonly<Record<string, string>> = {
  step_time: 'Step Time',
  step_memory: 'Step Memory',
  process: 'Process',
  system: 'System',
}

/** Title of a section; of step time with the clock that both runs have. */
export function sectionTitle(name: string, section: ComparedSection): string {
  const title = SECTION_TITLES[name] ?? plainLine(name, 40)
  if (section.comparison_clock === undefined) return title
  const clock = section.comparison_clock
  return clock === null ? `${title} (no common clock)` : `${title} (${clock.toUpperCase()} clock)`
}

/** The metrics of a section that a table shows: those that at least one run has. */
export function rowsOf(
  name: string,
  section: ComparedSection,
  metrics: readonly CompareMetric[],
): readonly ComparedMetric[] {
  const hidden = metrics.filter((metric) => metric.section === name && metric.inText === false)
  return Object.entries(section.metrics)
    .filter(([id]) => !hidden.some((metric) => metric.id === id))
    .map(([, metric]) => metric)
    .filter((metric) => metric.lhs !== null || metric.rhs !== null)
}

/** Whether any value is shown in units of bytes. */
export function usesByteUnits(document: CompareDocument): boolean {
  return Object.values(document.sections)
    .flatMap((section) => Object.values(section.metrics))
    .some(
      ({ unit, lhs, rhs }) => (unit === 'bytes' || unit === 'gb') && (lhs !== null || rhs !== null),
    )
}
