import type { CompareJudgement } from './judge/model.js'

/** What a gate can fail on. */
export const GATE_CONDITIONS = ['regression', 'inconclusive'] as const

/** One condition of a gate. */
export type GateCondition = (typeof GATE_CONDITIONS)[number]

/** What a gate says of one or more comparisons. */
export interface GateResult {
  readonly passed: boolean
  /** The conditions that were met, in the order of {@link GATE_CONDITIONS}; empty when passed. */
  readonly failedOn: readonly GateCondition[]
}

/**
 * Asks whether judgements fail a gate. `regression`: any judged metric got worse, also when another
 * one improved (MIXED). `inconclusive`: it could not be decided.
 */
export function evaluateGate(
  judgements: readonly CompareJudgement[],
  failOn: readonly GateCondition[],
): GateResult {
  const isMet: Readonly<Record<GateCondition, (judgement: CompareJudgement) => boolean>> = {
    regression: (judgement) => judgement.has_regression,
    inconclusive: (judgement) => judgement.status === 'INCONCLUSIVE',
  }
  const failedOn = GATE_CONDITIONS.filter(
    (condition) => failOn.includes(condition) && judgements.some(isMet[condition]),
  )
  return { passed: failedOn.length === 0, failedOn }
}
