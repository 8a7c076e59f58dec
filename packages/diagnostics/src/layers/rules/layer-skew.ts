import { defineRule, type LayerEntry } from '@traceml/contracts'
import type { LayersPolicy } from '../policy.js'
import { layerSkewText } from '../texts.js'
import { type LayersRule, layersIssue } from './rule.js'

/** `LAYER_SKEW`: a layer takes much longer on one rank than on the median one. */
export const layerSkewRule: LayersRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'layer-skew',
  domain: 'layers',
  evaluate(profile, policy) {
    if (profile.steps_sampled < policy.skewMinSteps) return []
    const [entry] = profile.entries
      .filter((candidate) => isSkewed(candidate, policy))
      .toSorted((left, right) => excessMs(right) - excessMs(left))
    if (entry === undefined) return []
    return [
      layersIssue({
        kind: 'LAYER_SKEW',
        status: 'LAYER SKEW',
        metric: 'total_ms',
        phase: 'compute',
        score: entry.skew_ratio ?? 0,
        skewRatio: entry.skew_ratio,
        ranks: entry.worst_rank === null ? [] : [entry.worst_rank],
        evidence: {
          layer: entry.name,
          model: entry.model,
          worst_rank: entry.worst_rank,
          worst_ms: entry.total_ms,
          excess_ms: excessMs(entry),
          steps_sampled: profile.steps_sampled,
        },
        text: layerSkewText(entry),
      }),
    ]
  },
})

function isSkewed(entry: LayerEntry, policy: LayersPolicy): boolean {
  return (
    (entry.skew_ratio ?? 0) >= policy.skewRatio &&
    (entry.time_share ?? 0) >= policy.skewTimeShare &&
    excessMs(entry) >= policy.skewMs
  )
}

/** What the worst rank takes longer than the median one. */
function excessMs({ total_ms: total, skew_ratio: skew }: LayerEntry): number {
  return total === null || skew === null ? 0 : total - total / (1 + skew)
}
