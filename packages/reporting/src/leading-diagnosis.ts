import { type Issue, type PrimaryDiagnosis, SEVERITY_RANK } from '@traceml/contracts'
import { selectPrimaryDiagnosis } from '@traceml/diagnostics'
import type { CoreSections } from './run-meta.js'

/** The finding of a section that may be the run's verdict. */
export interface VerdictCandidate {
  readonly section: string
  readonly diagnosis: Issue
}

/**
 * The run's verdict: that of step time and system, unless a section that may lead has a finding of
 * more weight than theirs and of no less than step memory's. Of equal weight it leads when it is about
 * the part of the step that step time names: it says more of it. Of several, the most severe one; of
 * equals, the first.
 */
export function leadingDiagnosis(
  core: Pick<CoreSections, 'step_time' | 'system' | 'step_memory'>,
  candidates: readonly VerdictCandidate[],
): PrimaryDiagnosis {
  const known = selectPrimaryDiagnosis({ step_time: core.step_time, system: core.system })
  const memory = SEVERITY_RANK[core.step_memory.diagnosis.severity] ?? 0
  const { kind: stepKind, phase: stepPhase } = core.step_time.diagnosis
  const says = ({ diagnosis }: VerdictCandidate): boolean =>
    stepKind === known.kind && stepPhase !== null && diagnosis.phase === stepPhase
  let best: VerdictCandidate | null = null
  for (const candidate of candidates) {
    const rank = SEVERITY_RANK[candidate.diagnosis.severity] ?? 0
    const least = SEVERITY_RANK[best?.diagnosis.severity ?? known.severity]
    const isMore = rank > least || (best === null && rank === least && rank > 0 && says(candidate))
    if (isMore && rank >= memory) best = candidate
  }
  if (best === null) return known
  const { kind, status, severity, summary, action, evidence } = best.diagnosis
  return {
    kind,
    status,
    severity,
    section: best.section,
    scope: 'performance',
    summary,
    action,
    evidence: { type: 'section_finding', ...evidence },
  }
}
