import { equivalentRule, insufficientRule, partialRule } from './availability.js'
import {
  memoryImprovementRule,
  memoryRegressionRule,
  mixedRule,
  stepTimeImprovementRule,
  stepTimeRegressionRule,
} from './change.js'
import type { VerdictRule } from './context.js'
import {
  memoryDiagnosisRule,
  stepTimeDiagnosisRule,
  unsupportedDiagnosisRule,
} from './diagnosis.js'

/** Every built-in rule; all are evaluated, the finding with the lowest priority is the verdict. */
export const defaultVerdictRules: readonly VerdictRule[] = [
  insufficientRule,
  partialRule,
  unsupportedDiagnosisRule,
  mixedRule,
  stepTimeRegressionRule,
  stepTimeImprovementRule,
  memoryRegressionRule,
  memoryImprovementRule,
  stepTimeDiagnosisRule,
  memoryDiagnosisRule,
  equivalentRule,
]
