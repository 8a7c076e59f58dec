import type { StepTimeEstimate, SummaryOutlook } from '@traceml/contracts'
import type { FindingView, ReportView, SectionView } from '../view/report-view.js'
import { measureNext } from './measure-next.js'
import { copiesOverlapped, inputHidden, residualGone } from './phase-scenarios.js'
import { stragglerGone } from './straggler-scenario.js'

type Scenario = (section: SectionView, finding: FindingView) => StepTimeEstimate | null

/** Findings whose cost is measured, and how the step would be without them. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  INPUT_BOUND: inputHidden,
  H2D_BOUND: copiesOverlapped,
  RESIDUAL_HEAVY: residualGone,
  INPUT_STRAGGLER: stragglerGone,
  H2D_STRAGGLER: stragglerGone,
  COMPUTE_STRAGGLER: stragglerGone,
  STRAGGLER: stragglerGone,
}
const MAX_ESTIMATES = 3

/**
 * What the findings of a report cost: the time of a typical step if each of them were gone, from
 * the report's own numbers, with what must hold for it. Pure; works on reports of any version.
 */
export function estimateOutlook(report: ReportView): SummaryOutlook {
  const section = report.sections.step_time
  const estimates: StepTimeEstimate[] = []
  for (const finding of section.findings) {
    const scenario = Object.hasOwn(SCENARIOS, finding.kind ?? '')
      ? SCENARIOS[finding.kind ?? '']
      : undefined
    const isNew = estimates.every((estimate) => estimate.finding !== finding.kind)
    const estimate = scenario !== undefined && isNew ? scenario(section, finding) : null
    if (estimate !== null) estimates.push(estimate)
  }
  return { estimates: estimates.slice(0, MAX_ESTIMATES), measure_next: measureNext(report) }
}
