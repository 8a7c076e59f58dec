import { defineRule, type SystemSampleRow } from '@traceml/contracts'
import { expect, test } from 'vitest'
import { createIssue } from '../shared/issues.js'
import { diagnoseSystem } from './diagnose.js'
import { SYSTEM_POLICY } from './policy.js'
import { defaultSystemRules } from './rules/default-rules.js'
import type { SystemRule } from './rules/rule.js'

function sample(node: number, cpu: number, id = node + 1): SystemSampleRow {
  return {
    id,
    global_rank: node,
    local_rank: 0,
    world_size: null,
    local_world_size: null,
    node_rank: node,
    hostname: 'host',
    sample_ts_s: 1,
    seq: id,
    cpu_percent: cpu,
    ram_used_bytes: 10,
    ram_total_bytes: 100,
    gpu_available: 0,
    gpu_count: 0,
  }
}

const idleCpu: SystemRule = defineRule({
  apiVersion: 1,
  kind: 'rule',
  id: 'acme/idle-cpu',
  domain: 'system',
  evaluate: ({ cpuAvgPercent: mean }) =>
    mean === null || mean >= 5
      ? []
      : [
          createIssue({
            kind: 'ACME_IDLE_CPU',
            status: 'IDLE CPU',
            severity: 'crit',
            summary: `The CPU idled at ${mean}%.`,
            action: 'Check that the job runs.',
            score: 100 - mean,
          }),
        ],
})

const broken: SystemRule = {
  ...idleCpu,
  id: 'acme/broken',
  evaluate: () => {
    throw new Error('boom')
  },
}

const window = { samples: [sample(0, 90), sample(1, 2)], gpus: [] }

test('the order of the list decides which rule leads', () => {
  const kinds = (rules: readonly SystemRule[]): readonly string[] =>
    diagnoseSystem(window, SYSTEM_POLICY, rules).issues.map((issue) => issue.kind)
  expect(kinds([...defaultSystemRules, idleCpu])).toEqual(['HIGH_CPU', 'ACME_IDLE_CPU'])
  expect(kinds([idleCpu, ...defaultSystemRules])).toEqual(['ACME_IDLE_CPU', 'HIGH_CPU'])
})

test('a rule from outside gets the place of its finding', () => {
  const [issue] = diagnoseSystem(window, SYSTEM_POLICY, [idleCpu]).issues
  expect(issue).toMatchObject({
    summary: 'The CPU idled at 2% (node 1).',
    evidence: { samples_used: 1, scope: { level: 'node', node: '1', node_rank: 1 } },
  })
})

test('a rule that throws is named once and costs no other rule', () => {
  const { primary, ruleFailures, issues } = diagnoseSystem(window, SYSTEM_POLICY, [
    broken,
    ...defaultSystemRules,
  ])
  expect(primary.kind).toBe('HIGH_CPU')
  expect(primary.note).toBe('The rule "acme/broken" failed and was skipped: boom')
  expect(issues).toHaveLength(1)
  expect(ruleFailures.map((failure) => failure.ruleId)).toEqual(['acme/broken', 'acme/broken'])
})

test.each([
  ['null', [null]],
  ['text', ['x']],
  ['half an issue', [{ kind: 'X' }]],
  ['no list', undefined],
])('a rule that returns %s is named and costs no other rule', (_name, result) => {
  const odd: SystemRule = { ...idleCpu, id: 'acme/odd', evaluate: () => result as never }
  const { primary, ruleFailures } = diagnoseSystem(window, SYSTEM_POLICY, [
    odd,
    ...defaultSystemRules,
  ])
  expect(primary.kind).toBe('HIGH_CPU')
  expect(ruleFailures[0]?.message).toContain('The rule "acme/odd" failed and was skipped')
})

test('one threshold can be changed', () => {
  const policy = { cpuAvgPercent: { highAt: 95 } }
  expect(diagnoseSystem(window, policy).primary.kind).toBe('NORMAL')
  expect(diagnoseSystem(window).primary.kind).toBe('HIGH_CPU')
})

test('a threshold that is no number is refused', () => {
  const policy = { cpuAvgPercent: { highAt: Number.NaN } }
  expect(() => diagnoseSystem(window, policy)).toThrow('cpuAvgPercent, highAt is NaN')
})

test('the calm texts name the GPU only when one was seen', () => {
  const calm = { samples: [sample(0, 10)], gpus: [] }
  expect(diagnoseSystem(calm).primary.reason).toBe('CPU and RAM showed no pressure.')
  const gpu = {
    id: 1,
    global_rank: 0,
    node_rank: 0,
    seq: 1,
    gpu_idx: 0,
    util: 90,
    mem_used_bytes: null,
    mem_total_bytes: null,
    temperature_c: null,
    power_usage_w: null,
    power_limit_w: null,
  }
  const { primary } = diagnoseSystem({ ...calm, gpus: [gpu] })
  expect(primary.reason).toBe('CPU, RAM and GPU showed no pressure.')
})
