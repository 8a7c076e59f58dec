import { expect, test } from 'vitest'
import { measureStepCostNs } from './step-cost.js'

test('a step costs something, and far less than any step takes', () => {
  const ns = measureStepCostNs()
  expect(Number.isSafeInteger(ns)).toBe(true)
  expect(ns).toBeGreaterThan(50)
  expect(ns).toBeLessThan(1_000_000)
})
