import { defineRule, type Rule } from '@traceml/contracts'
import { createIssue } from '../../shared/issues.js'
import type { StepTimeContext } from '../context.js'
import type { StepTimePolicy } from '../policy.js'
import { computeTexts } from '../texts.js'
import { assessableH2dShare, overheadSeverity } from './overhead.js'

const COMPUTE_PHASES = [
  ['forward', 'forwardMs'],
  ['backward', 'backwardMs'],
  ['optimizer', 'optimizerStepMs'],
] as const

/** The step is model work and nothing else is in the way. */
export const computeBoundRule: Rule<StepTimeContext, StepTimePolicy> = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'compute-bound',
  domain: 'step_time',
  evaluate(context, policy) {
    const { computeShare: share, computeRanks, inputWaitShare, residualShare } = context.window
    if (share === null || share < policy.computeBoundShareWarn) return []
    const competitors = [inputWaitShare, assessableH2dShare(context), residualShare]
    if (competitors.some((competitor) => overheadSeverity(competitor, context, policy) !== null))
      return []
    const phase = largestPhase(context)
    return [
      createIssue({
        kind: 'COMPUTE_BOUND',
        status: 'COMPUTE-BOUND',
        severity: 'info',
        ...computeTexts(share, phase),
        metric: 'compute',
        phase,
        share_pct: share,
        skew_pct: context.cohort(computeRanks, 'computeMs')?.skewRatio ?? null,
        ranks: context.worstStepRank === null ? [] : [context.worstStepRank],
      }),
    ]
  },
})

/** The phase with the largest median that is above zero; `compute` when there is none. */
function largestPhase(context: StepTimeContext): string {
  let largest = 'compute'
  let longest = 0
  for (const [phase, key] of COMPUTE_PHASES) {
    const median = context.cohort(context.window.computeRanks, key)?.median ?? 0
    if (median > longest) {
      largest = phase
      longest = median
    }
  }
  return largest
}
