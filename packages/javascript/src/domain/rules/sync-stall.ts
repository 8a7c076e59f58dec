import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { countText, msText, shareText, siteEvidence, sitesOf, siteText } from '../words.js'

/** A good part of the step is waiting for results to be read. */
export const syncStallRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'sync-stall',
  kind: 'SYNC_STALL',
  metric: 'sync_wait_ms',
  phase: 'residual',
  look(rank, { minSteps, readShare }) {
    const { readShare: share, row } = rank
    const { counted, sync_reads: syncs, async_reads: asyncs } = row.steps
    if (share === null || counted < minSteps || share < readShare.warn) return null
    const waitMs = (row.steps.sync_read_ms + row.steps.async_read_ms) / counted
    const sites = sitesOf(rank, 'sync_read', 'async_read')
    const [site] = sites
    const isBlocking = row.steps.sync_read_ms >= row.steps.async_read_ms
    const how = isBlocking ? 'dataSync() or arraySync()' : 'await data() or array()'
    const where = site === undefined ? '' : ` at ${siteText(site)}`
    return {
      severity: share >= readShare.crit ? 'crit' : 'warn',
      score: share,
      share_pct: share,
      summary: `${shareText(share)} of a step (${msText(waitMs)}) is waiting for results of the device: ${countText((syncs + asyncs) / counted)} reads a step, most by ${how}${where}.`,
      action:
        site?.at === 'library'
          ? 'Drop onBatchEnd callbacks that look at the loss: the library reads it for them after every batch; use onEpochEnd.'
          : `Read every 50 steps instead of every step, for example if (step % 50 === 0) log(await loss.data()), and reduce on the device before reading (tf.mean, tf.max).`,
      evidence: {
        sync_wait_share: share,
        sync_wait_ms_per_step: waitMs,
        sync_reads_per_step: syncs / counted,
        async_reads_per_step: asyncs / counted,
        steps: counted,
        call_sites: siteEvidence(sites),
      },
    }
  },
})
