import { defineRule } from '@traceml/contracts'
import { creepConfirmedText } from '../texts.js'
import { creepIssueEvidence } from './creep-evidence.js'
import { type StepMemoryRule, stepMemoryIssue } from './rule.js'

/** `CREEP_CONFIRMED`: memory rises through the window by at least the confirming amount. */
export const creepConfirmedRule: StepMemoryRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'creep-confirmed',
  domain: 'step_memory',
  evaluate(signals, policy) {
    const { creep } = signals
    if (!creep.confirmed) return []
    return [
      stepMemoryIssue(signals, {
        kind: 'CREEP_CONFIRMED',
        status: 'MEMORY CREEP',
        severity: 'warn',
        score: creep.score,
        evidence: creepIssueEvidence(creep, policy.view),
        ...(creep.byRank === null ? {} : { ranks: creep.byRank.risingRanks }),
        text: creepConfirmedText(signals.metric, policy.view),
      }),
    ]
  },
})
