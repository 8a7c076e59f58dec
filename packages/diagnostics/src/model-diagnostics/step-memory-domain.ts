import { analyzeTrend } from '@traceml/analysis'
import { fractionOf } from '../shared/measured.js'
import { formatPercent } from '../shared/text.js'
import type { LiveStepMemoryResult } from '../step-memory/diagnose-live.js'
import { NO_DATA_TEXT, NO_GPU_TEXT } from '../step-memory/texts.js'
import type { ModelDiagnosticDomain } from './context.js'
import { createItem } from './payload.js'

/** The verdict on the memory of the newest steps, as it was made elsewhere. */
export const stepMemoryDomain: ModelDiagnosticDomain = {
  source: 'step_memory',
  title: 'Step Memory',
  build({ stepMemory }) {
    const place = { source: 'step_memory', title: 'Step Memory' }
    if (stepMemory === null) {
      return createItem({
        ...place,
        kind: 'NO_DATA',
        status: 'NO DATA',
        reason: NO_DATA_TEXT.summary,
        action: NO_DATA_TEXT.action,
        confidence: 0,
        steps_used: 0,
      })
    }
    if (stepMemory.metrics.length === 0 && stepMemory.status === 'no_gpu') {
      const reason = NO_GPU_TEXT.summary
      return createItem({ ...place, kind: 'NO_GPU', status: 'NO GPU', reason, action: '' })
    }
    const { primary } = stepMemory
    return createItem({
      ...place,
      kind: primary.kind,
      status: primary.status,
      severity: primary.severity,
      reason: primary.reason,
      action: primary.action,
      note: primary.note,
      confidence: primary.confidence,
      steps_used: primary.stepsUsed,
      worst_rank: primary.worstRank,
      evidence: evidenceOf(stepMemory),
    })
  },
}

function evidenceOf(result: LiveStepMemoryResult): Readonly<Record<string, string>> {
  const { metrics, gpuTotalBytes } = result
  const metric =
    metrics.find((entry) => entry.metric === 'peak_reserved') ??
    metrics.find((entry) => entry.metric === 'peak_allocated') ??
    metrics[0]
  if (metric === undefined) return {}
  const trend = analyzeTrend(metric.worstBytes)?.ratioVsBaseline ?? 0
  return {
    window: String(metric.stepsUsed),
    worst: `r${metric.worstRank}`,
    imb: formatPercent(metric.skewRatio),
    trend: formatPercent(trend),
    pressure: formatPercent(fractionOf(metric.worstPeakBytes, gpuTotalBytes)),
  }
}
