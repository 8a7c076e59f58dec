import { combineLayers } from '@traceml/analysis'
import type { LayerProfile, LiveFacts, LiveFreshness } from '@traceml/contracts'
import { diagnoseLayers } from '@traceml/diagnostics'
import { freshnessOf, lateness, sayDuration } from '../freshness/freshness.js'
import type { SessionState } from '../session-state.js'
import { liveIssue, sectionVerdict } from '../verdicts/section-verdict.js'
import type { SectionResult } from './result.js'

/** Layers with a line of their own; the tree over all of them is bounded by itself. */
const MAX_ENTRIES = 40
const NOT_DEEP =
  'Only the profile deep measures layers; start the training with traceml deep to see them.'

/** What each layer of the model costs. @internal */
export function layersSection(
  state: SessionState,
  facts: LiveFacts,
): SectionResult<LayerProfile> | null {
  if (state.layers.isEmpty) return null
  const worldSize = facts.ranks_expected ?? state.run.ranks_expected
  const body = combineLayers(state.layers.window(), { worldSize, maxEntries: MAX_ENTRIES })
  const { primary, issues } = diagnoseLayers(body)
  const ranks = issues[0]?.ranks ?? []
  return {
    verdict: sectionVerdict('layers', primary, { ranks, evidence: [] }),
    issues: issues.map(liveIssue),
    body,
  }
}

/**
 * How old the newest sampled step is. One is due after as many steps as lie between two of them, at
 * the speed of the slowest rank.
 *
 * @internal
 */
export function layersFreshness(state: SessionState, facts: LiveFacts): LiveFreshness {
  const { layers, arrivals, run } = state
  const ageS = arrivals.layers.ageS(facts.now_s)
  const expectedS = arrivals.layers.expectedS(periodS(state))
  const ages = { wallS: facts.wall_s, ageS, expectedS, newestStep: layers.newestStep }
  // Whoever sends layers has them, whatever the run was announced as.
  if (run.profile !== 'deep' && layers.isEmpty) return freshnessOf('not_applicable', NOT_DEEP, ages)
  if (facts.status === 'ended') {
    const reason = ageS === null ? 'The run ended without a sampled step.' : 'The run has ended.'
    return freshnessOf('ended', reason, ages)
  }
  if (ageS === null || expectedS === null) {
    return freshnessOf('waiting', 'No step has been sampled yet.', ages)
  }
  const late = lateness(ageS, expectedS)
  if (late === 'live') return freshnessOf('live', null, ages)
  const reason = `No sampled step for ${sayDuration(ageS)}; one is expected every ${sayDuration(expectedS)}.`
  return freshnessOf(late, reason, ages)
}

function periodS({ layers, ranks }: SessionState): number | null {
  if (layers.every === null) return null
  const slowest = [...ranks.values()].reduce((most, { stepS }) => Math.max(most, stepS ?? 0), 0)
  return layers.every * slowest
}
