import { defineRule } from '@traceml/contracts'
import { heavyLayerText } from '../texts.js'
import { countLayers, type LayersRule, layersIssue } from './rule.js'

/** `HEAVY_LAYER`: one of several layers takes a large part of forward and backward. */
export const heavyLayerRule: LayersRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'heavy-layer',
  domain: 'layers',
  evaluate(profile, policy) {
    const [entry] = profile.entries
    const share = entry?.time_share ?? null
    if (entry === undefined || share === null || share < policy.timeShare) return []
    if (countLayers(profile) < policy.minLayers) return []
    return [
      layersIssue({
        kind: 'HEAVY_LAYER',
        status: 'HEAVY LAYER',
        metric: 'total_ms',
        phase: 'compute',
        score: share,
        ranks: entry.worst_rank === null ? [] : [entry.worst_rank],
        evidence: {
          layer: entry.name,
          model: entry.model,
          time_share: share,
          total_ms: entry.total_ms,
          forward_ms: entry.forward_ms,
          backward_ms: entry.backward_ms,
          clock: profile.clock,
        },
        text: heavyLayerText(entry, profile),
      }),
    ]
  },
})
