import { defineRule } from '@traceml/contracts'
import { creepEarlyText } from '../texts.js'
import { creepIssueEvidence } from './creep-evidence.js'
import { type StepMemoryRule, stepMemoryIssue } from './rule.js'

/** `CREEP_EARLY`: memory rises through the window, by less than the confirming amount. */
export const creepEarlyRule: StepMemoryRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'creep-early',
  domain: 'step_memory',
  evaluate(signals, policy) {
    const { creep } = signals
    if (!creep.early || creep.confirmed) return []
    return [
      stepMemoryIssue(signals, {
        kind: 'CREEP_EARLY',
        status: 'MEMORY RISING',
        severity: 'info',
        score: creep.score,
        evidence: creepIssueEvidence(creep, policy.view),
        ...(creep.byRank === null ? {} : { ranks: creep.byRank.risingRanks }),
        text: creepEarlyText(signals.metric),
      }),
    ]
  },
})
