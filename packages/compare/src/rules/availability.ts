import type { MetricState } from '../model.js'
import type { VerdictContext, VerdictRule } from './context.js'
import { MEMORY_PERCENT, STEP_TIME_PERCENT } from './context.js'

function describeMissing(name: string, state: MetricState): string | null {
  if (state === 'missing_both') return `neither run has ${name}`
  if (state === 'missing_one_side') return `${name} is missing on one run`
  return null
}

function missingSignals(context: VerdictContext): string {
  return [
    describeMissing('step time on a common clock', context.stepTimeState),
    describeMissing('peak reserved memory', context.memoryState),
  ]
    .filter((text) => text !== null)
    .join(' and ')
}

/** 1: nothing that decides can be compared. */
export const insufficientRule: VerdictRule = {
  id: 'insufficient',
  evaluate(context) {
    if (context.availability !== 'insufficient') return null
    return {
      status: 'INCONCLUSIVE',
      priority: 1,
      domain: 'compare',
      metric: null,
      severity: 'info',
      why: `The runs are not comparable: ${missingSignals(context)}.`,
    }
  },
}

/** 2: one of the two deciding signals can be compared. */
export const partialRule: VerdictRule = {
  id: 'partial',
  evaluate(context) {
    if (context.availability !== 'partial') return null
    return {
      status: 'INCONCLUSIVE',
      priority: 2,
      domain: 'compare',
      metric: null,
      severity: 'info',
      why: `The runs are only partially comparable: ${missingSignals(context)}.`,
    }
  },
}

/** 11: something was compared, and no stronger finding has to be the verdict. */
export const equivalentRule: VerdictRule = {
  id: 'equivalent',
  evaluate(context) {
    if (context.availability === 'insufficient') return null
    return {
      status: 'EQUIVALENT',
      priority: 11,
      domain: 'compare',
      metric: null,
      severity: 'info',
      why: `What could be compared is stable: below ${STEP_TIME_PERCENT}% in step time and ${MEMORY_PERCENT}% in peak memory.`,
    }
  },
}
