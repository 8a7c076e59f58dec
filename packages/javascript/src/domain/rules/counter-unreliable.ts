import { plainLine } from '@traceml/contracts'
import { defineRankRule, type JavaScriptRule } from '../rule.js'

/** What the library says of its memory cannot be believed. */
export const counterUnreliableRule: JavaScriptRule = /* @__PURE__ */ defineRankRule({
  id: 'counter-unreliable',
  kind: 'COUNTER_UNRELIABLE',
  metric: 'live_bytes',
  phase: 'memory',
  look({ row }) {
    const said = row.counters?.unreliable_reasons ?? []
    const negative = row.tensors.series.find(([, count, bytes]) => count < 0 || bytes < 0)
    const reasons = [
      ...said.map((reason) => plainLine(reason, 200)),
      ...(negative === undefined ? [] : [`A counter fell below zero at step ${negative[0]}.`]),
    ]
    if (reasons.length === 0) return null
    return {
      severity: 'info',
      score: reasons.length,
      summary: `The memory counters of the library are not reliable: ${reasons.join(' ')}`,
      action:
        'Believe the number of live tensors rather than their bytes, and look at the resident memory (process section).',
      evidence: { reasons },
    }
  },
})
