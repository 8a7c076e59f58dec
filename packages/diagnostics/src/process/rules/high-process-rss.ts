import { defineRule } from '@traceml/contracts'
import { bandOf } from '../../shared/band.js'
import { createIssue } from '../../shared/issues.js'
import { rssText } from '../texts.js'
import type { ProcessRule } from './rule.js'

/** `HIGH_PROCESS_RSS`: one process peaked at a high share of the host's memory. */
export const highProcessRssRule: ProcessRule = /* @__PURE__ */ defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'high-process-rss',
  domain: 'process',
  evaluate(signals, policy) {
    const { ramPeakPercent: peak, highestRssRank: rank } = signals
    if (peak === null || bandOf(peak, policy.ramPeakPercent) !== 'high') return []
    return [
      createIssue({
        kind: 'HIGH_PROCESS_RSS',
        status: 'HIGH PROCESS RSS',
        severity: 'warn',
        metric: 'ram_peak_percent',
        phase: 'ram',
        score: peak,
        ranks: rank === null ? [] : [rank],
        evidence: { ram_peak_percent: peak, highest_rss_rank: rank },
        ...rssText(peak, rank),
      }),
    ]
  },
})
