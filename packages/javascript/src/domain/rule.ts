import { defineRule, type Evidence, type Issue, type Rule, SEVERITY_RANK } from '@traceml/contracts'
import { createIssue } from '@traceml/diagnostics'
import type { JavaScriptContext, JavaScriptRank } from './context.js'
import type { JavaScriptPolicy } from './policy.js'

/** A rule of the domain `javascript`. */
export type JavaScriptRule = Rule<JavaScriptContext, JavaScriptPolicy>

/** Name of the domain and id of its section. */
export const JAVASCRIPT_DOMAIN = 'javascript'

/** What a rule found on one rank. */
export interface Found
  extends Pick<Issue, 'severity' | 'summary' | 'action'>,
    Partial<Pick<Issue, 'kind' | 'status' | 'share_pct'>> {
  /** Tells findings of one severity apart: higher is worse. */
  readonly score: number
  readonly evidence: Evidence
}

/** A rule that looks at every rank by itself. */
export interface RankRule
  extends Pick<Issue, 'kind' | 'metric'>,
    Partial<Pick<Issue, 'phase' | 'status'>> {
  readonly id: string
  look(rank: JavaScriptRank, policy: JavaScriptPolicy): Found | null
}

/** Makes a rule: its finding is that of the worst rank, with all ranks that have it. */
export function defineRankRule(parts: RankRule): JavaScriptRule {
  return defineRule<JavaScriptContext, JavaScriptPolicy>({
    apiVersion: 1,
    kind: 'rule',
    id: parts.id,
    domain: JAVASCRIPT_DOMAIN,
    evaluate({ ranks }, policy) {
      const all = ranks.flatMap((rank) => {
        const found = parts.look(rank, policy)
        return found === null ? [] : [{ rank, found }]
      })
      const [lead] = all.toSorted(
        (a, b) =>
          SEVERITY_RANK[b.found.severity] - SEVERITY_RANK[a.found.severity] ||
          b.found.score - a.found.score ||
          a.rank.globalRank - b.rank.globalRank,
      )
      return lead === undefined
        ? []
        : [
            issueOf(
              parts,
              lead.found,
              all.map(({ rank }) => rank.globalRank),
              {
                isOne: ranks.length === 1,
                rank: lead.rank.globalRank,
              },
            ),
          ]
    },
  })
}

function issueOf(
  parts: RankRule,
  { summary, action, severity, score, share_pct = null, evidence, ...own }: Found,
  ranks: readonly number[],
  lead: { readonly rank: number; readonly isOne: boolean },
): Issue {
  const kind = own.kind ?? parts.kind
  return createIssue({
    kind,
    status: own.status ?? parts.status ?? kind.replaceAll('_', ' '),
    severity,
    summary: lead.isOne ? summary : `Rank ${lead.rank}: ${summary}`,
    action,
    metric: parts.metric,
    phase: parts.phase ?? null,
    score,
    share_pct,
    ranks,
    evidence: { rank: lead.rank, ...evidence },
  })
}
