import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, defaultCompareMetrics } from '@traceml/compare'
import { checkCompareMetric } from '@traceml/testing'
import { diskPolicy, diskWaitMetric } from './disk-wait.ts'

const run = (waitMs: unknown) => ({ extra_sections: { 'acme/disk': { wait_ms: waitMs } } })
const metrics = [...defaultCompareMetrics, diskWaitMetric]
const compareWaits = (a: unknown, b: unknown) =>
  compare({ summary: run(a) }, { summary: run(b) }, diskPolicy, { metrics })

test('the metric keeps the contract', () => {
  checkCompareMetric(diskWaitMetric, [
    { name: 'both', lhs: run(2), rhs: run(3), expected: { lhs: 2, rhs: 3 } },
    { name: 'odd', lhs: run('x'), rhs: {}, expected: { lhs: null, rhs: null } },
  ])
})

test('it is a row, and its threshold decides', () => {
  const { text, judgement } = compareWaits(2, 3)
  assert.match(text, /Disk wait +2\.0 ms +3\.0 ms +\+1\.0 ms \(\+50\.0%\)/)
  assert.equal(judgement.status, 'REGRESSION')
  assert.equal(judgement.why, 'Disk wait is 50.0% longer in B; a change of 20% counts.')
  assert.equal(compareWaits(2, 2.2).judgement.status, 'EQUIVALENT')
})

test('runs that do not have it are compared without it', () => {
  const { judgement, sections } = compareWaits(null, null)
  assert.equal(judgement.status, 'INCONCLUSIVE')
  assert.deepEqual(sections['acme/disk']?.metrics, {})
})
