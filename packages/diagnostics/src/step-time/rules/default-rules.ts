import type { Rule } from '@traceml/contracts'
import type { StepTimeContext } from '../context.js'
import type { StepTimePolicy } from '../policy.js'
import { computeBoundRule } from './compute-bound.js'
import { h2dBoundRule } from './h2d-bound.js'
import { inputBoundRule } from './input-bound.js'
import { rankStragglerRule } from './rank-straggler.js'
import { residualHeavyRule } from './residual-heavy.js'

/** The built-in Step Time rules; their order decides between findings that tie exactly. */
export const defaultStepTimeRules: readonly Rule<StepTimeContext, StepTimePolicy>[] = [
  rankStragglerRule,
  inputBoundRule,
  h2dBoundRule,
  residualHeavyRule,
  computeBoundRule,
]
