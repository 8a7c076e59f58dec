import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { msText, shareText } from '../words.js'

/** A good part of the time goes into collecting garbage. */
export const garbageCollectionRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'garbage-collection',
  kind: 'GARBAGE_COLLECTION',
  metric: 'garbage_collection_share',
  look({ garbageShare: share, row }, { garbageShare }) {
    const { garbage } = row
    if (garbage === null || share === null || share < garbageShare.warn) return null
    // A few collections say little of the rest of the run.
    const { minObservedMs, minCollections, minGarbageMs } = garbageShare
    if (garbage.observed_ms < minObservedMs || garbage.garbage_ms < minGarbageMs) return null
    if (garbage.collections < minCollections) return null
    const perSecond = garbage.collections / (garbage.observed_ms / 1000)
    return {
      severity: share >= garbageShare.crit ? 'crit' : 'warn',
      score: share,
      share_pct: share,
      summary: `${shareText(share)} of the time is garbage collection: ${perSecond.toFixed(0)} a second, the longest ${msText(garbage.longest_ms)}.`,
      action:
        'Make fewer objects a step: fill one Float32Array again and again instead of nested arrays, build batches with tf.tensor2d(array, shape), and keep large arrays out of the loop.',
      evidence: {
        garbage_collection_share: share,
        collections_per_second: perSecond,
        longest_ms: garbage.longest_ms,
        observed_ms: garbage.observed_ms,
      },
    }
  },
})
