import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { bytesText } from '../words.js'

/** The browser took the GPU away. */
export const contextLostRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'context-lost',
  kind: 'CONTEXT_LOST',
  metric: null,
  look({ row }) {
    const lost = row.context_lost
    if (lost === null) return null
    const before =
      lost.gpu_bytes === null ? '' : ` with ${bytesText(lost.gpu_bytes)} of GPU memory in use`
    return {
      severity: 'crit',
      score: 1,
      summary: `The browser took the ${lost.api} context away after step ${lost.step}${before}; what is computed afterwards is lost.`,
      action:
        'Use less GPU memory (smaller batch, tf.tidy, a bound on the texture pool), save the weights now and then, and load them when the context is restored.',
      evidence: { api: lost.api, step: lost.step, gpu_bytes: lost.gpu_bytes },
    }
  },
})
