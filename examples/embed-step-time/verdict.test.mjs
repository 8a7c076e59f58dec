import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verdictOf } from './verdict.mjs'

const steps = (wait) =>
  Array.from({ length: 30 }, () => ({ wait, forward: 12, backward: 24, update: 4, total: 42 }))

test('a loop that waits for its data is input bound', () => {
  const verdict = verdictOf(steps(60))
  assert.equal(verdict.kind, 'INPUT_BOUND')
  assert.equal(verdict.severity, 'crit')
  assert.match(verdict.reason, /58\.8%/)
})

test('a loop that computes is compute bound', () => {
  assert.equal(verdictOf(steps(0)).kind, 'COMPUTE_BOUND')
})

test('too few steps are no verdict', () => {
  assert.equal(verdictOf(steps(60).slice(0, 1)).kind, 'WARMUP')
})
