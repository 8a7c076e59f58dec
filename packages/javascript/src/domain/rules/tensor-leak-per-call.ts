import type { JavaScriptCall } from '@traceml/contracts'
import { defineRankRule, type JavaScriptRule } from '../rule.js'
import type { CallLeak } from '../tensor-trend.js'
import { countText, plural, siteEvidence, sitesOf, siteText } from '../words.js'

const BOUNDARY: Readonly<Record<JavaScriptCall, string>> = {
  fit: 'call of fit',
  epoch: 'epoch',
  save: 'call of save',
}

/** Tensors stay after every call of `fit` or `save`, or every epoch, and none between. */
export const tensorLeakPerCallRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'tensor-leak-per-call',
  kind: 'TENSOR_LEAK_PER_CALL',
  metric: 'live_tensor_count',
  phase: 'memory',
  look(rank, { leakPerCall }) {
    const leak = rank.callLeaks.find(
      ({ compared, risingRatio }) =>
        compared >= leakPerCall.minCalls && risingRatio >= leakPerCall.minRisingRatio,
    )
    if (leak === undefined) return null
    const sites = sitesOf(rank, 'leaked_tensor')
    const [site] = sites
    const where = site === undefined ? '' : ` They are made at ${siteText(site)}.`
    return {
      severity: 'warn',
      score: leak.perCall,
      summary: `Every ${BOUNDARY[leak.call]} leaves ${countText(leak.perCall)} ${plural('tensor', leak.perCall)} behind (${leak.calls} calls), and the steps between leave none.${where}`,
      action: actionFor(leak),
      evidence: {
        tensors_per_call: leak.perCall,
        boundary: leak.call,
        calls: leak.calls,
        calls_compared: leak.compared,
        rising_ratio: leak.risingRatio,
        creation_sites: siteEvidence(sites),
      },
    }
  },
})

function actionFor({ call, perCall }: CallLeak): string {
  if (call === 'save')
    return 'Save without the optimizer (includeOptimizer: false), or less often: the library is known to leave a tensor behind at every save with it (tensorflow/tfjs#8238).'
  if (call === 'epoch')
    return 'Dispose what the callbacks of an epoch make: wrap them in tf.tidy(), and keep numbers (await t.data()) instead of tensors.'
  const pair = perCall === 2 ? ' Two a call are usually the inputs and the labels.' : ''
  return `Dispose what is made for a call of fit once it is over: await model.fit(xs, ys); tf.dispose([xs, ys]).${pair}`
}
