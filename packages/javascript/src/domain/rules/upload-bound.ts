import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { bytesText, countText, msText, shareText } from '../words.js'

/** A good part of the step is copying values of the host's into tensors. */
export const uploadBoundRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'upload-bound',
  kind: 'UPLOAD_BOUND',
  metric: 'h2d_ms',
  phase: 'h2d',
  look({ uploadShare: share, row }, { minSteps, uploadShare }) {
    const { counted, newest } = row.steps
    const { counters } = row
    if (share === null || counted < minSteps || share < uploadShare.warn) return null
    const perStep = (counters?.upload_bytes ?? 0) / Math.max(1, newest)
    const tensors = (counters?.upload_tensors ?? 0) / Math.max(1, newest)
    return {
      severity: share >= uploadShare.crit ? 'crit' : 'warn',
      score: share,
      share_pct: share,
      summary: `${shareText(share)} of a step (${msText(row.steps.upload_ms / counted)}) is copying to the device: ${bytesText(perStep)} in ${countText(tensors)} tensors a step.`,
      action:
        'Make tensors once and slice them on the device, or prefetch: dataset.batch(n).prefetch(2); send integers as int32 or bool and scale on the device instead of float32 made on the host.',
      evidence: {
        h2d_share: share,
        upload_ms_per_step: row.steps.upload_ms / counted,
        upload_bytes_per_step: perStep,
        upload_tensors_per_step: tensors,
        steps: counted,
        same_as: 'step_time H2D_BOUND',
      },
    }
  },
})
