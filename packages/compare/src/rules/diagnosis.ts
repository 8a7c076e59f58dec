import type { ComparedText, CompareFinding } from '../model.js'
import type { VerdictContext, VerdictRule } from './context.js'

type StatusRanks = Readonly<Record<string, number>>

/** How bad a step-time status is; one that is not listed is not judged: rank 0. */
const STEP_TIME_RANKS: StatusRanks = {
  BALANCED: 1,
  'INPUT-BOUND': 2,
  'H2D-BOUND': 2,
  'COMPUTE-BOUND': 2,
  'RESIDUAL-HEAVY': 3,
  'INPUT STRAGGLER': 3,
  'COMPUTE STRAGGLER': 3,
  'H2D STRAGGLER': 3,
  STRAGGLER: 4,
}

const STEP_MEMORY_RANKS: StatusRanks = {
  BALANCED: 1,
  'MEMORY RISING': 2,
  IMBALANCE: 3,
  'HIGH PRESSURE': 4,
  'MEMORY CREEP': 4,
}

const RANKS: Readonly<Record<string, StatusRanks>> = {
  step_time: STEP_TIME_RANKS,
  step_memory: STEP_MEMORY_RANKS,
}

function rank(ranks: StatusRanks, status: string): number {
  return Object.hasOwn(ranks, status) ? (ranks[status] ?? 0) : 0
}

function gotWorse(diagnosis: ComparedText, ranks: StatusRanks): boolean {
  if (diagnosis.lhs === null || diagnosis.rhs === null) return false
  return rank(ranks, diagnosis.rhs) > rank(ranks, diagnosis.lhs)
}

/**
 * Whether a section's diagnosis got worse, as ours counts it: from one judgement to a worse one.
 * Going from none (no data, warm-up, an unknown status) to any is not getting worse.
 */
export function diagnosisGotWorse(section: string, diagnosis: ComparedText): boolean {
  const ranks = RANKS[section]
  if (ranks === undefined || diagnosis.lhs === null) return false
  return rank(ranks, diagnosis.lhs) > 0 && gotWorse(diagnosis, ranks)
}

function stepTimeGotWorse(context: VerdictContext): boolean {
  return gotWorse(context.stepTimeDiagnosis, STEP_TIME_RANKS)
}

function worseDiagnosis(
  domain: 'step_time' | 'step_memory',
  priority: number,
  name: string,
  diagnosis: ComparedText,
): CompareFinding {
  return {
    status: 'REGRESSION',
    priority,
    domain,
    metric: 'diagnosis',
    severity: 'warning',
    why: `The ${name} diagnosis got worse: ${diagnosis.lhs} in A, ${diagnosis.rhs} in B.`,
  }
}

/** 3: the diagnosis changed and the phases behind it cannot be compared. */
export const unsupportedDiagnosisRule: VerdictRule = {
  id: 'unsupported-diagnosis-change',
  evaluate(context) {
    const { stepTimeDiagnosis } = context
    if (!stepTimeDiagnosis.changed || context.residualState === 'comparable') return null
    return {
      status: 'INCONCLUSIVE',
      priority: 3,
      domain: 'step_time',
      metric: 'diagnosis',
      severity: 'info',
      why: `The step-time diagnosis changed from ${stepTimeDiagnosis.lhs ?? 'n/a'} to ${stepTimeDiagnosis.rhs ?? 'n/a'}, and only a part of what supports it can be compared: the residual time is missing.`,
    }
  },
}

/** 9: the step-time diagnosis got worse. */
export const stepTimeDiagnosisRule: VerdictRule = {
  id: 'step-time-diagnosis',
  evaluate: (context) =>
    stepTimeGotWorse(context)
      ? worseDiagnosis('step_time', 9, 'step-time', context.stepTimeDiagnosis)
      : null,
}

/** 10: the memory diagnosis got worse and the step-time one did not. */
export const memoryDiagnosisRule: VerdictRule = {
  id: 'memory-diagnosis',
  evaluate(context) {
    const { memoryDiagnosis } = context
    const fires = !stepTimeGotWorse(context) && gotWorse(memoryDiagnosis, STEP_MEMORY_RANKS)
    return fires ? worseDiagnosis('step_memory', 10, 'step-memory', memoryDiagnosis) : null
  },
}
