import { type Issue, SEVERITY_RANK } from '@traceml/contracts'

/** One key of an ordering: negative when `a` comes first. */
export type IssueOrder = (a: Issue, b: Issue) => number

/** The score as an ordering key: null and NaN count as 0. */
const scoreOf = (issue: Issue): number => issue.score || 0

/** crit before warn before info; anything unknown as info. */
export const bySeverity: IssueOrder = (a, b) =>
  (SEVERITY_RANK[b.severity] ?? 0) - (SEVERITY_RANK[a.severity] ?? 0)

/** Higher score first. */
export const byScore: IssueOrder = (a, b) => {
  const left = scoreOf(a)
  const right = scoreOf(b)
  return left === right ? 0 : left > right ? -1 : 1
}

/**
 * Order of a domain's own list of kinds.
 *
 * @param priorities - Kind to position, lowest first.
 * @param missing - Position of a kind that is not listed.
 */
export function byPriority(
  priorities: Readonly<Record<string, number>>,
  missing = 999,
): IssueOrder {
  return (a, b) => (priorities[a.kind] ?? missing) - (priorities[b.kind] ?? missing)
}

/** Sorts stably by several keys, the first one first; equal issues keep their order. */
export function sortIssues(issues: readonly Issue[], ...orders: readonly IssueOrder[]): Issue[] {
  return issues.toSorted((a, b) => {
    for (const order of orders) {
      const result = order(a, b)
      if (result !== 0) return result
    }
    return 0
  })
}
