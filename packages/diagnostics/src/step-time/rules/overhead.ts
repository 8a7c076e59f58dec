import type { Severity } from '@traceml/contracts'
import type { StepTimeContext } from '../context.js'
import type { StepTimePolicy } from '../policy.js'

/**
 * How much an overhead's share of step time matters; null when it does not reach the threshold, or
 * costs too little time to matter.
 */
export function overheadSeverity(
  share: number | null,
  { typicalStepMs }: StepTimeContext,
  policy: StepTimePolicy,
): Severity | null {
  if (share === null || share < policy.overheadShareWarn) return null
  if (policy.robust !== null && share * (typicalStepMs ?? 0) < policy.robust.minCostMs) return null
  return share >= policy.overheadShareCrit ? 'crit' : 'warn'
}

/** The H2D share, which only the device's own clock can tell; null on the host's clock. */
export function assessableH2dShare({ window }: StepTimeContext): number | null {
  return window.clock === 'gpu' ? window.h2dShare : null
}
