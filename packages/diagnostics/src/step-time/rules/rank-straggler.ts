import { defineRule, type Rule } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { StepTimeContext } from '../context.js'
import type { StepTimePolicy } from '../policy.js'
import { type StragglerComponent, stragglerCause } from '../stragglers.js'
import { ambiguousTexts, stragglerTexts } from '../texts.js'

/** kind, metric and phase of a straggler by its cause. */
const LABELS: Readonly<Record<StragglerComponent, readonly [string, string, string]>> = {
  input: ['INPUT_STRAGGLER', 'input_wait', 'input'],
  h2d: ['H2D_STRAGGLER', 'h2d', 'h2d'],
  compute: ['COMPUTE_STRAGGLER', 'forward', 'forward'],
}

/** One rank makes the others wait: by its input, its copies, its compute, or something unseen. */
export const rankStragglerRule: Rule<StepTimeContext, StepTimePolicy> = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'rank-straggler',
  domain: 'step_time',
  evaluate({ stragglers }, policy) {
    if (stragglers === null || stragglers.score < policy.stragglerScoreWarn) return []
    const { score, culpritRank, culpritRanks, visibleMetric, visibleCostMs } = stragglers
    const { robust, stragglerCauseCoverageMin: minCoverage } = policy
    if (robust !== null && visibleCostMs < robust.minCostMs) return []
    const cause = stragglerCause(stragglers, minCoverage)
    const isAmbiguous =
      robust !== null &&
      cause === null &&
      stragglers.stepGapMs >= robust.ambiguousGapRatio * visibleCostMs
    const bothSides = [...culpritRanks, stragglers.victimRank]
    const [kind, metric, phase] =
      cause === null ? ['STRAGGLER', visibleMetric, 'sync'] : LABELS[cause]
    return [
      createIssue({
        kind,
        status: kind.replace('_', ' '),
        severity: score >= policy.stragglerScoreCrit && !isAmbiguous ? 'crit' : 'warn',
        ...(isAmbiguous
          ? ambiguousTexts(stragglers)
          : stragglerTexts(stragglers, cause, minCoverage, robust !== null)),
        metric,
        phase,
        score,
        skew_pct: score,
        ranks: robust === null ? [culpritRank] : isAmbiguous ? bothSides : culpritRanks,
        evidence: {
          component: cause ?? 'sync_or_unattributed',
          culprit_rank: culpritRank,
          victim_rank: stragglers.victimRank,
          visible_metric: visibleMetric,
          visible_culprit_ms: stragglers.visibleCulpritMs,
          visible_victim_ms: stragglers.visibleVictimMs,
          visible_cost_ms: visibleCostMs,
          step_time_ms: stragglers.stepTimeMs,
          component_excesses_ms: { ...stragglers.componentExcessesMs },
          component_coverage: { ...stragglers.componentCoverage },
          ...(robust === null
            ? {}
            : {
                culprit_ranks: culpritRanks,
                compared_ranks: stragglers.comparedRankCount,
                step_gap_ms: stragglers.stepGapMs,
                is_ambiguous: isAmbiguous,
              }),
        },
      }),
    ]
  },
})
