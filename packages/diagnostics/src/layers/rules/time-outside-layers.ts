import { defineRule } from '@traceml/contracts'
import { outsideText } from '../texts.js'
import { countLayers, type LayersRule, layersIssue } from './rule.js'

/** `TIME_OUTSIDE_LAYERS`: the measured layers do not account for most of forward and backward. */
export const timeOutsideLayersRule: LayersRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'time-outside-layers',
  domain: 'layers',
  evaluate(profile, policy) {
    const share = profile.outside?.time_share ?? null
    if (share === null || share < policy.outsideShare) return []
    return [
      layersIssue({
        kind: 'TIME_OUTSIDE_LAYERS',
        status: 'TIME OUTSIDE LAYERS',
        metric: 'total_ms',
        phase: 'compute',
        score: share,
        evidence: {
          time_share: share,
          total_ms: profile.outside?.total_ms ?? null,
          layers: countLayers(profile),
        },
        text: outsideText(profile),
      }),
    ]
  },
})
