import type { Diagnosis, Issue, JsonValue } from '@traceml/contracts'

/** What an issue must say; every other field has its empty default. */
export type IssueInit = Pick<Issue, 'kind' | 'status' | 'severity' | 'summary' | 'action'> &
  Partial<Issue>

/** Makes an issue: absent fields are null, `ranks` and `evidence` empty. Keys are in report order. */
export function createIssue(init: IssueInit): Issue {
  return {
    kind: init.kind,
    status: init.status,
    severity: init.severity,
    summary: init.summary,
    action: init.action,
    metric: init.metric ?? null,
    phase: init.phase ?? null,
    score: init.score ?? null,
    share_pct: init.share_pct ?? null,
    skew_pct: init.skew_pct ?? null,
    ranks: init.ranks ?? [],
    evidence: init.evidence ?? {},
  }
}

/** Fields of a diagnosis that an issue has as its own. */
const OWN_FIELDS = new Set(
  'kind status severity reason action metric phase score share_pct skew_pct'.split(' '),
)

const snakeCase = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'object' && Object.keys(value).length === 0)

/**
 * Turns the primary of a domain into an issue, for a domain state without a finding.
 *
 * Every further field that is neither null nor empty goes to `evidence` under its snake_case name,
 * in alphabetical order; zeros are kept. A `worstRank` is also the issue's only rank.
 */
export function issueFromDiagnosis(primary: Diagnosis): Issue {
  const fields = Object.entries(primary)
    .map(([key, value]) => [snakeCase(key), value as JsonValue] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const values = Object.fromEntries(fields) as Partial<Issue> & { worst_rank?: number | null }
  const worstRank = values.worst_rank ?? null
  return createIssue({
    ...values,
    kind: primary.kind || primary.status || 'UNKNOWN',
    status: primary.status || primary.kind,
    severity: primary.severity,
    summary: primary.reason,
    action: primary.action,
    ranks: worstRank === null ? [] : [worstRank],
    evidence: Object.fromEntries(
      fields.filter(([key, value]) => !OWN_FIELDS.has(key) && !isEmpty(value)),
    ),
  })
}

/**
 * The list that a result publishes: never empty, and its first issue has the primary's kind.
 *
 * The first issue of that kind moves to the front; when there is none, the converted primary is put
 * there. The others keep their order.
 */
export function normalizeIssues(primary: Diagnosis, issues: readonly Issue[]): readonly Issue[] {
  if (primary.kind === '' && issues.length > 0) return issues
  const first = issues.find((issue) => issue.kind === primary.kind) ?? issueFromDiagnosis(primary)
  return [first, ...issues.filter((issue) => issue !== first)]
}
