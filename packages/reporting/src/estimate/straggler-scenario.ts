import type { StepTimeEstimate } from '@traceml/contracts'
import { listOf, numberOf, ownValue, partAt } from '../view/parts.js'
import type { FindingView, RowView, SectionView } from '../view/report-view.js'
import { estimateOf } from './scenario.js'

/** Phrase and measure of each cause that a straggler can have. */
const CAUSES: Readonly<Record<string, string>> = {
  input: 'in input wait',
  h2d: 'in copies to the device',
  compute: 'in forward compute',
}

/** The ranks that the others wait for. */
function culpritsOf(finding: FindingView): readonly number[] {
  const named = listOf(finding.evidence['culprit_ranks'])
    .map(numberOf)
    .filter((rank) => rank !== null)
  if (named.length > 0) return named
  const culprit = numberOf(finding.evidence['culprit_rank'])
  return culprit === null ? finding.ranks : [culprit]
}

/** Milliseconds of the phase in which ranks wait for each other. */
function waitMs(row: RowView, visibleMetric: unknown): number | null {
  const backward = row.metrics['backward_ms'] ?? null
  if (visibleMetric !== 'forward_backward' || backward === null) return backward
  const forward = row.metrics['forward_ms'] ?? null
  return forward === null ? null : forward + backward
}

/** The rank that would be last if the late ones were not, and what it waits today. */
function nextLatest(
  section: SectionView,
  culprits: readonly number[],
  visibleMetric: unknown,
): { readonly label: string; readonly waitMs: number } | null {
  let next: { readonly label: string; readonly waitMs: number } | null = null
  for (const row of section.rows) {
    const wait = culprits.includes(Number(row.id)) ? null : waitMs(row, visibleMetric)
    if (wait !== null && (next === null || wait < next.waitMs))
      next = { label: row.label, waitMs: wait }
  }
  return next
}

function rankNames(ranks: readonly number[]): string {
  const named = ranks.slice(0, 3).map((rank) => `r${rank}`)
  const more = ranks.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}

/**
 * Late ranks as fast as the middle one. What is gained ends where the next rank is the last to
 * arrive, and where the measured excess of the named cause ends.
 */
export function stragglerGone(section: SectionView, finding: FindingView): StepTimeEstimate | null {
  const { evidence } = finding
  // Either side may be the slow one: nobody knows what would be gained.
  if (evidence['is_ambiguous'] === true) return null
  const culprits = culpritsOf(finding)
  const costMs = numberOf(evidence['visible_cost_ms'])
  const culpritWaitMs = numberOf(evidence['visible_culprit_ms'])
  if (culprits.length === 0 || costMs === null || culpritWaitMs === null) return null
  const cause = typeof evidence['component'] === 'string' ? evidence['component'] : ''
  const excessMs = numberOf(ownValue(partAt(evidence, 'component_excesses_ms'), cause))
  const next = nextLatest(section, culprits, evidence['visible_metric'])
  const limits = [costMs, excessMs, next === null ? null : Math.max(0, next.waitMs - culpritWaitMs)]
  const savedMs = Math.min(...limits.filter((limit) => limit !== null))
  const late = rankNames(culprits)
  const last =
    next !== null && savedMs < costMs && savedMs !== excessMs
      ? ` ${next.label} would then be the last to arrive.`
      : ''
  return estimateOf({
    finding,
    scenario: `${late} kept up with the median rank`,
    stepMs: numberOf(evidence['step_time_ms']),
    savedMs,
    assumption: () =>
      cause in CAUSES
        ? `Assumes that ${late} takes as long ${CAUSES[cause]} as the median rank, and that every rank waits that much less.${last}`
        : `The most that can be gained: assumes that ${late} arrives with the median rank, whatever makes it late.${last}`,
  })
}
