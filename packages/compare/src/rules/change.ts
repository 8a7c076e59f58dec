import { formatFixed } from '@traceml/analysis'
import type { CompareFinding } from '../model.js'
import type { VerdictContext, VerdictRule } from './context.js'
import { MEMORY_PERCENT, STEP_TIME_PERCENT } from './context.js'

/** `worse`: up by at least the threshold; `better`: down by at least as much. */
function movement(percent: number | null, threshold: number): 'worse' | 'better' | null {
  if (percent === null) return null
  if (percent >= threshold) return 'worse'
  return percent <= -threshold ? 'better' : null
}

function stepTimeMovement(context: VerdictContext): 'worse' | 'better' | null {
  return movement(context.stepTimePercent, STEP_TIME_PERCENT)
}

function memoryMovement(context: VerdictContext): 'worse' | 'better' | null {
  return movement(context.memoryPercent, MEMORY_PERCENT)
}

function stepTimeSentence(context: VerdictContext): string {
  const clock = context.clock === null ? '' : `${context.clock.toUpperCase()} `
  const percent = context.stepTimePercent ?? 0
  const size = formatFixed(Math.abs(percent), 1)
  return `${clock}step time is ${size}% ${percent > 0 ? 'longer' : 'shorter'}`
}

function memorySentence(context: VerdictContext): string {
  const percent = context.memoryPercent ?? 0
  const size = formatFixed(Math.abs(percent), 1)
  return `peak reserved memory is ${size}% ${percent > 0 ? 'higher' : 'lower'}`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} in B.`
}

/** 4: step time and memory moved in opposite directions. */
export const mixedRule: VerdictRule = {
  id: 'mixed',
  evaluate(context) {
    const step = stepTimeMovement(context)
    const memory = memoryMovement(context)
    if (step === null || memory === null || step === memory) return null
    const [improved, worsened] =
      step === 'better'
        ? [stepTimeSentence(context), memorySentence(context)]
        : [memorySentence(context), stepTimeSentence(context)]
    return {
      status: 'MIXED',
      priority: 4,
      domain: 'compare',
      metric: null,
      severity: 'warning',
      why: sentence(`${improved}, but ${worsened}`),
    }
  },
}

interface ChangeRuleOptions {
  readonly id: string
  readonly priority: number
  readonly domain: 'step_time' | 'step_memory'
  readonly metric: string
  readonly when: 'worse' | 'better'
  readonly movement: (context: VerdictContext) => 'worse' | 'better' | null
  readonly describe: (context: VerdictContext) => string
}

function changeRule(options: ChangeRuleOptions): VerdictRule {
  return {
    id: options.id,
    evaluate(context): CompareFinding | null {
      if (options.movement(context) !== options.when) return null
      const worse = options.when === 'worse'
      return {
        status: worse ? 'REGRESSION' : 'IMPROVEMENT',
        priority: options.priority,
        domain: options.domain,
        metric: options.metric,
        severity: worse ? 'warning' : 'info',
        why: sentence(options.describe(context)),
      }
    },
  }
}

const STEP_TIME = {
  domain: 'step_time',
  metric: 'step_time_ms',
  movement: stepTimeMovement,
  describe: stepTimeSentence,
} as const

const MEMORY = {
  domain: 'step_memory',
  metric: 'peak_reserved_bytes',
  movement: memoryMovement,
  describe: memorySentence,
} as const

/** 5: step time got longer. */
export const stepTimeRegressionRule: VerdictRule = changeRule({
  ...STEP_TIME,
  id: 'step-time-regression',
  priority: 5,
  when: 'worse',
})

/** 6: step time got shorter. */
export const stepTimeImprovementRule: VerdictRule = changeRule({
  ...STEP_TIME,
  id: 'step-time-improvement',
  priority: 6,
  when: 'better',
})

/** 7: peak reserved memory grew. */
export const memoryRegressionRule: VerdictRule = changeRule({
  ...MEMORY,
  id: 'memory-regression',
  priority: 7,
  when: 'worse',
})

/** 8: peak reserved memory shrank. */
export const memoryImprovementRule: VerdictRule = changeRule({
  ...MEMORY,
  id: 'memory-improvement',
  priority: 8,
  when: 'better',
})
