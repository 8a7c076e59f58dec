import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { countText, msText, plural, shareText } from '../words.js'

/** The training loop of the library spends its time giving the thread to others. */
export const yieldOverheadRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'yield-overhead',
  kind: 'YIELD_OVERHEAD',
  metric: 'yield_wait_ms',
  phase: 'residual',
  look({ yieldShare: share, row }, { minSteps, yieldWarnShare }) {
    const { counted, yield_ms: yieldMs, yields } = row.steps
    if (share === null || counted < minSteps || share < yieldWarnShare || yields === 0) return null
    const option = row.counters?.yield_every ?? null
    return {
      severity: 'warn',
      score: share,
      share_pct: share,
      summary: `${shareText(share)} of a step is fit waiting for the next frame: ${countText(yields / counted)} ${plural('yield', yields / counted)} a step of ${msText(yieldMs / yields)}, yieldEvery is ${option ?? 'auto'}.`,
      action:
        "Yield less often: model.fit(xs, ys, { yieldEvery: 500 }) (milliseconds), or 'epoch'; train in a web worker to keep a page responsive.",
      evidence: {
        yield_share: share,
        yield_ms_per_step: yieldMs / counted,
        ms_per_yield: yieldMs / yields,
        yields_per_step: yields / counted,
        yield_every: option,
        steps: counted,
      },
    }
  },
})
