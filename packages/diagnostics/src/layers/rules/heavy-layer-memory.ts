import { defineRule } from '@traceml/contracts'
import { heavyMemoryText } from '../texts.js'
import { countLayers, type LayersRule, layersIssue } from './rule.js'

/** `HEAVY_LAYER_MEMORY`: one of several layers holds most of parameters, outputs and gradients. */
export const heavyLayerMemoryRule: LayersRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'heavy-layer-memory',
  domain: 'layers',
  evaluate(profile, policy) {
    if (countLayers(profile) < policy.minLayers) return []
    const entry = profile.entries.find(
      ({ memory_share: share, memory_bytes: bytes }) =>
        (share ?? 0) >= policy.memoryShare && (bytes ?? 0) >= policy.memoryBytes,
    )
    if (entry === undefined) return []
    return [
      layersIssue({
        kind: 'HEAVY_LAYER_MEMORY',
        status: 'HEAVY LAYER MEMORY',
        metric: 'memory_bytes',
        phase: null,
        score: entry.memory_share ?? 0,
        evidence: {
          layer: entry.name,
          model: entry.model,
          memory_share: entry.memory_share,
          memory_bytes: entry.memory_bytes,
          param_bytes: entry.param_bytes,
          forward_bytes: entry.forward_bytes,
          backward_bytes: entry.backward_bytes,
        },
        text: heavyMemoryText(entry),
      }),
    ]
  },
})
