import { stepTimeEvidence } from '../step-time/evidence.js'
import type { ModelDiagnosticDomain } from './context.js'
import { createItem } from './payload.js'

/** The verdict on step time, as it was made elsewhere. */
export const stepTimeDomain: ModelDiagnosticDomain = {
  source: 'step_time',
  title: 'Step Time',
  build({ stepTime }) {
    const place = { source: 'step_time', title: 'Step Time' }
    if (stepTime === null) {
      return createItem({
        ...place,
        kind: 'NO_DATA',
        status: 'NO DATA',
        reason: 'There is no step-time diagnosis yet.',
        action: 'Wait for completed steps.',
      })
    }
    const { diagnosis, window } = stepTime
    return createItem({
      ...place,
      kind: diagnosis.kind,
      status: diagnosis.status,
      severity: diagnosis.severity,
      reason: diagnosis.reason,
      action: diagnosis.action,
      note: diagnosis.note,
      confidence: diagnosis.confidence,
      steps_used: diagnosis.stepsUsed,
      worst_rank: diagnosis.worstRank,
      evidence: window === null ? {} : stepTimeEvidence(window),
    })
  },
}
