import { creepConfirmedRule } from './creep-confirmed.js'
import { creepEarlyRule } from './creep-early.js'
import { highPressureRule } from './high-pressure.js'
import { imbalanceRule } from './imbalance.js'
import type { StepMemoryRule } from './rule.js'

/** The rules of the step-memory domain; their order is the order in which findings lead. */
export const defaultStepMemoryRules: readonly StepMemoryRule[] = [
  highPressureRule,
  imbalanceRule,
  creepConfirmedRule,
  creepEarlyRule,
]
