import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSystemContext, defaultSystemRules, diagnoseSystem } from '@traceml/diagnostics'
import { checkRule } from '@traceml/testing'
import { sharedHostPolicy } from './policy.ts'
import { powerWasteRule } from './power-waste.ts'
import { hostWith } from './samples.ts'

const wasteful = hostWith({ cpuPercent: 65, utilPercent: 12, watts: 200 })
const busy = hostWith({ cpuPercent: 20, utilPercent: 95, watts: 300 })
const unmeasured = hostWith({ cpuPercent: null, utilPercent: null, watts: null })

test('the rule keeps the contract', () => {
  const contexts = [wasteful, busy, unmeasured].flatMap((rows) => createSystemContext(rows).nodes)
  const found = checkRule(powerWasteRule, { contexts, policy: sharedHostPolicy, domain: 'system' })
  assert.deepEqual(
    found.map((issues) => issues.length),
    [1, 0, 0],
  )
})

test('its place in the list decides when it leads', () => {
  const first = diagnoseSystem(wasteful, sharedHostPolicy, [powerWasteRule, ...defaultSystemRules])
  assert.equal(first.primary.kind, 'ACME_POWER_WASTE')
  assert.equal(first.primary.reason, 'The GPUs drew 200 W at 12.0% utilization (node 0).')
  const last = diagnoseSystem(wasteful, sharedHostPolicy, [...defaultSystemRules, powerWasteRule])
  assert.deepEqual(
    last.issues.map((issue) => issue.kind),
    ['HIGH_CPU', 'LOW_GPU_UTILIZATION', 'ACME_POWER_WASTE'],
  )
})

test('the policy changes one threshold', () => {
  assert.equal(diagnoseSystem(wasteful, sharedHostPolicy).primary.kind, 'HIGH_CPU')
  assert.equal(diagnoseSystem(wasteful).primary.kind, 'LOW_GPU_UTILIZATION')
})
