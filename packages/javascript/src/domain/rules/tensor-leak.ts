import { defineRankRule, type JavaScriptRule } from '../rule.js'
import { bytesText, countText, msText, plural, siteEvidence, sitesOf, siteText } from '../words.js'

/** Every step leaves tensors behind. */
export const tensorLeakRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'tensor-leak',
  kind: 'TENSOR_LEAK',
  metric: 'live_tensor_count',
  phase: 'memory',
  look(rank, { leak, leakPerCall, minSteps }) {
    const { trend, row } = rank
    if (trend === null || row.steps.counted < minSteps) return null
    const isRising =
      trend.perStep >= leak.minPerStep &&
      trend.latePerStep >= leak.minLateRatio * trend.perStep &&
      trend.nonNegativeRatio >= leak.minNonNegativeRatio &&
      trend.last - trend.first >= leak.minRise
    const isPerCall = rank.callLeaks.some(
      ({ call, compared }) => call !== 'save' && compared >= leakPerCall.minCalls,
    )
    if (!isRising || isPerCall) return null
    const sites = sitesOf(rank, 'leaked_tensor')
    const secondsToLimit = secondsUntilFull(rank)
    const isSoon = secondsToLimit !== null && secondsToLimit < leak.critSecondsToLimit
    const perStep = countText(trend.perStep)
    const bytes = trend.bytesPerStep > 0 ? ` and ${bytesText(trend.bytesPerStep)}` : ''
    const [site] = sites
    const where = site === undefined ? '' : ` The tensors that stay are made at ${siteText(site)}.`
    const until = isSoon ? ` Memory is full in ${msText(1000 * secondsToLimit)} at this rate.` : ''
    return {
      severity: isSoon ? 'crit' : 'warn',
      score: trend.perStep,
      summary: `Every step leaves ${perStep} ${plural('tensor', trend.perStep)}${bytes} behind: live tensors rose from ${trend.first} to ${trend.last} over ${trend.steps} steps.${where}${until}`,
      action: `${site === undefined ? 'Wrap what a step computes' : 'Wrap what that line computes'} in tf.tidy(), or call .dispose() on what is kept, for example logged losses: keep (await loss.data())[0] instead of the tensor.`,
      evidence: {
        live_tensors_per_step: trend.perStep,
        live_bytes_per_step: trend.bytesPerStep,
        first_live_tensors: trend.first,
        last_live_tensors: trend.last,
        steps: trend.steps,
        not_falling_ratio: trend.nonNegativeRatio,
        seconds_to_limit: secondsToLimit,
        period: 'step',
        creation_sites: siteEvidence(sites),
        counters_unreliable: (row.counters?.unreliable_reasons.length ?? 0) > 0,
        same_as: 'step_memory LIVE_TENSORS_RISING',
      },
    }
  },
})

/** Seconds until what leaks has taken the memory that is left; null when it does not, or unknown. */
function secondsUntilFull({
  trend,
  row,
}: Parameters<Parameters<typeof defineRankRule>[0]['look']>[0]): number | null {
  const available = row.counters?.available_bytes ?? null
  const { seconds, counted } = row.steps
  if (trend === null || available === null || trend.bytesPerStep <= 0 || seconds <= 0) return null
  return (available / trend.bytesPerStep) * (seconds / counted)
}
