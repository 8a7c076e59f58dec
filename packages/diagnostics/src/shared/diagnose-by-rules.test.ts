import type { Diagnosis, Rule, Severity } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { diagnoseByRules } from './diagnose-by-rules.js'
import { createIssue } from './issues.js'

type NumberRule = Rule<number, { readonly limit: number }>

const DEFAULTS = { limit: 3 }
const CALM: Diagnosis = {
  kind: 'NORMAL',
  status: 'NORMAL',
  severity: 'info',
  reason: 'All is well.',
  action: 'Nothing to do.',
  note: null,
  confidence: null,
}

function rule(kind: string, severity: Severity): NumberRule {
  return {
    apiVersion: 1,
    kind: 'rule',
    id: kind.toLowerCase(),
    domain: 'numbers',
    evaluate: (value, { limit }) =>
      value <= limit
        ? []
        : [createIssue({ kind, status: kind, severity, summary: `${value}`, action: 'Less.' })],
  }
}

const broken: NumberRule = {
  ...rule('BROKEN', 'crit'),
  evaluate: () => {
    throw new Error('no such column')
  },
}

function diagnose(value: number, rules: readonly NumberRule[], policy = {}) {
  return diagnoseByRules({ rules, context: value, defaults: DEFAULTS, policy, calm: () => CALM })
}

test('the most severe finding leads, of equal ones that of the earlier rule', () => {
  const rules = [rule('A', 'info'), rule('B', 'warn'), rule('C', 'warn')]
  const { primary, issues } = diagnose(4, rules)
  expect(primary).toMatchObject({ kind: 'B', severity: 'warn', reason: '4', action: 'Less.' })
  expect(issues.map(({ kind }) => kind)).toEqual(['B', 'C', 'A'])
})

test('without a finding the calm state is the verdict and the only issue', () => {
  const { primary, issues, ruleFailures } = diagnose(3, [rule('A', 'crit')])
  expect(primary).toEqual(CALM)
  expect(issues.map(({ kind }) => kind)).toEqual(['NORMAL'])
  expect(ruleFailures).toEqual([])
})

test('a rule that throws is named once and costs no other', () => {
  const { primary, issues, ruleFailures } = diagnose(4, [broken, broken, rule('A', 'warn')])
  expect(issues.map(({ kind }) => kind)).toEqual(['A'])
  expect(primary.note).toBe('The rule "broken" failed and was skipped: no such column')
  expect(ruleFailures).toHaveLength(2)
})

test('thresholds are replaced one by one, and must be numbers', () => {
  expect(diagnose(4, [rule('A', 'warn')], { limit: 5 }).primary.kind).toBe('NORMAL')
  expect(() => diagnose(4, [], { limit: Number.NaN })).toThrow(/limit is NaN; give a finite number/)
})
