import type { Diagnosis } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createIssue, issueFromDiagnosis, normalizeIssues } from './issues.js'
import { byPriority, byScore, bySeverity, sortIssues } from './order.js'
import { runRules } from './run-rules.js'

const primary: Diagnosis & Readonly<Record<string, unknown>> = {
  kind: 'SLOW',
  status: 'SLOW RUN',
  severity: 'warn',
  reason: 'It is slow.',
  action: 'Look.',
  note: null,
  confidence: 0,
  samplesUsed: 12,
  worstRank: 3,
  metric: 'peak',
  scope: { level: 'cluster' },
  details: {},
}

const issue = (kind: string, severity: 'info' | 'warn' | 'crit' = 'info', score?: number) =>
  createIssue({ kind, status: kind, severity, summary: '', action: '', score: score ?? null })

test('a primary becomes an issue, its own fields as sorted evidence', () => {
  const converted = issueFromDiagnosis(primary)
  expect(converted).toEqual({
    kind: 'SLOW',
    status: 'SLOW RUN',
    severity: 'warn',
    summary: 'It is slow.',
    action: 'Look.',
    metric: 'peak',
    phase: null,
    score: null,
    share_pct: null,
    skew_pct: null,
    ranks: [3],
    evidence: { confidence: 0, samples_used: 12, scope: { level: 'cluster' }, worst_rank: 3 },
  })
  expect(Object.keys(converted.evidence)).toEqual([
    'confidence',
    'samples_used',
    'scope',
    'worst_rank',
  ])
})

test('a published list is never empty and starts with the kind of the primary', () => {
  expect(normalizeIssues(primary, []).map(({ kind }) => kind)).toEqual(['SLOW'])
  const list = [issue('A'), issue('SLOW', 'warn', 1), issue('B'), issue('SLOW', 'warn', 2)]
  expect(normalizeIssues(primary, list).map(({ kind, score }) => [kind, score])).toEqual([
    ['SLOW', 1],
    ['A', null],
    ['B', null],
    ['SLOW', 2],
  ])
  expect(normalizeIssues(primary, [issue('A')]).map(({ kind }) => kind)).toEqual(['SLOW', 'A'])
  expect(normalizeIssues({ ...primary, kind: '' }, [issue('A')])).toHaveLength(1)
})

test('issues are sorted by several keys, and equal ones keep their order', () => {
  const list = [
    issue('a', 'info', 9),
    issue('b', 'crit'),
    issue('c', 'crit', 1),
    issue('d', 'crit'),
  ]
  const kinds = sortIssues(list, bySeverity, byScore).map(({ kind }) => kind)
  expect(kinds).toEqual(['c', 'b', 'd', 'a'])
  const byKind = sortIssues(list, byPriority({ d: 1, a: 2 }), byScore)
  expect(byKind.map(({ kind }) => kind)).toEqual(['d', 'a', 'c', 'b'])
})

test('a rule that throws or returns no list costs no other rule', () => {
  const rule = (id: string, evaluate: () => never) =>
    ({ apiVersion: 1, kind: 'rule', id, domain: 'test', evaluate }) as const
  const fails = (): never => {
    throw new Error('boom')
  }
  const outcome = runRules(
    [
      rule('acme/throws', fails),
      rule('acme/wrong', () => 5 as never),
      rule('acme/works', () => [issue('FOUND')] as never),
    ],
    null,
    null,
  )
  expect(outcome.issues.map(({ kind }) => kind)).toEqual(['FOUND'])
  expect(outcome.failures[0]).toEqual({
    ruleId: 'acme/throws',
    message: 'The rule "acme/throws" failed and was skipped: boom',
  })
  expect(outcome.failures[1]?.ruleId).toBe('acme/wrong')
})
