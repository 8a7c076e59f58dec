import { describe, expect, test } from 'vitest'
import { layerBudgetFromEnv } from './layer-budget.js'
import { createStepSampler, type StepSampler } from './step-sampler.js'

interface Run {
  readonly steps: number
  readonly plainMs: (step: number) => number
  /** What a sampled step takes longer, and what of it the hooks know. */
  readonly costMs: number
  readonly knownMs?: number
  readonly firstStep?: number
}

interface Outcome {
  readonly sampled: readonly number[]
  /** Cost of all samples by the time of the steps without it, from step `from` on. */
  costRatio(from?: number): number
}

function simulate(sampler: StepSampler, run: Run): Outcome {
  const { steps, plainMs, costMs, knownMs = costMs, firstStep = 1 } = run
  const sampled: number[] = []
  const plain: number[] = []
  for (let step = firstStep; step < firstStep + steps; step += 1) {
    const isSampled = sampler.shouldSample(step)
    if (isSampled) sampled.push(step)
    const ms = plainMs(step)
    plain.push(ms)
    sampler.observe({
      stepMs: isSampled ? ms + costMs : ms,
      costMs: isSampled ? knownMs : 0,
      sampled: isSampled,
    })
  }
  return {
    sampled,
    costRatio: (from = firstStep) =>
      (sampled.filter((step) => step >= from).length * costMs) /
      plain.slice(from - firstStep).reduce((sum, ms) => sum + ms, 0),
  }
}

/** Values around `ms`, with one in fifty five times as long: as a shared machine does. */
function noisy(ms: number, spread: number, seed = 1): (step: number) => number {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return () => (random() < 0.02 ? ms * 5 : ms * (1 + spread * (random() * 2 - 1)))
}

const even =
  (ms: number): ((step: number) => number) =>
  () =>
    ms

describe('the rate', () => {
  // By hand: from max(cost / 0.05, 50) / plain on; not below the first 4 while that is above 1.
  test.each([
    { plain: 100, cost: 1, every: 2 },
    { plain: 100, cost: 5, every: 2 },
    { plain: 100, cost: 5.1, every: 4 },
    { plain: 100, cost: 20, every: 4 },
    { plain: 100, cost: 40, every: 8 },
    { plain: 100, cost: 100, every: 32 },
    { plain: 1, cost: 0.01, every: 64 },
    { plain: 1, cost: 10, every: 256 },
    { plain: 0.001, cost: 10, every: 4_096 },
  ])('steps of $plain ms, samples of $cost ms: one in $every', ({ plain, cost, every }) => {
    const sampler = createStepSampler({ budget: 0.05 })
    simulate(sampler, { steps: 20_000, plainMs: even(plain), costMs: cost })
    expect(sampler.every).toBe(every)
  })

  test('samples are steps that a rarer rank samples, too', () => {
    const often = createStepSampler({ budget: 0.05 })
    const rarely = createStepSampler({ budget: 0.05 })
    const a = simulate(often, { steps: 3_000, plainMs: even(100), costMs: 1 })
    const b = simulate(rarely, { steps: 3_000, plainMs: even(100), costMs: 90 })
    expect(b.sampled.length).toBeGreaterThan(50)
    expect(a.sampled).toEqual(expect.arrayContaining(b.sampled.filter((step) => step > 4)))
  })

  test('a cost that only the clock shows counts', () => {
    const sampler = createStepSampler({ budget: 0.05 })
    const run = { steps: 5_000, plainMs: noisy(20, 0.1), costMs: 15, knownMs: 0.2 }
    const { costRatio } = simulate(sampler, run)
    expect(sampler.every).toBeGreaterThanOrEqual(16)
    expect(costRatio(500)).toBeLessThanOrEqual(0.05)
  })

  test('noise alone does not count', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const sampler = createStepSampler({ budget: 0.05 })
      simulate(sampler, { steps: 4_000, plainMs: noisy(60, 0.2, seed), costMs: 0.5 })
      expect(sampler.every).toBeLessThanOrEqual(8)
    }
  })

  test('it follows a training whose steps become longer, and shorter', () => {
    const sampler = createStepSampler({ budget: 0.05 })
    const plainMs = (step: number): number => (step <= 2_000 ? 10 : step <= 8_000 ? 200 : 10)
    simulate(sampler, { steps: 2_000, plainMs, costMs: 8 })
    expect(sampler.every).toBe(16)
    simulate(sampler, { steps: 6_000, plainMs, costMs: 8, firstStep: 2_001 })
    expect(sampler.every).toBe(2)
    simulate(sampler, { steps: 200, plainMs, costMs: 8, firstStep: 8_001 })
    expect(sampler.every).toBe(16)
  })
})

describe('the budget', () => {
  test.each([0.01, 0.05, 0.2])('of %d is kept, whatever the noise', (budget) => {
    for (const costMs of [0.1, 1, 5, 50]) {
      for (let seed = 1; seed <= 5; seed += 1) {
        const sampler = createStepSampler({ budget })
        const plainMs = noisy(20, 0.3, seed)
        const { costRatio } = simulate(sampler, { steps: 12_000, plainMs, costMs })
        // From where the first samples are paid off.
        expect(costRatio(64)).toBeLessThanOrEqual(budget)
      }
    }
  })

  test('a short run has samples, however dear they are, and never in its first steps', () => {
    for (const costMs of [0.01, 10, 1_000]) {
      const sampler = createStepSampler({ budget: 0.05 })
      const { sampled } = simulate(sampler, { steps: 60, plainMs: noisy(10, 0.2), costMs })
      expect(sampled.length).toBeGreaterThanOrEqual(3)
      expect(sampled[0]).toBe(4)
    }
  })

  test('hooks that are attached late wait for the next step of the rate', () => {
    const sampler = createStepSampler({ budget: 0.05 })
    const run = { steps: 20, plainMs: even(50), costMs: 1, firstStep: 1_002 }
    expect(simulate(sampler, run).sampled.slice(0, 2)).toEqual([1_008, 1_012])
  })
})

test('steps whose time is not known change nothing', () => {
  const sampler = createStepSampler({ budget: 0.05 })
  for (let step = 1; step <= 100; step += 1) {
    const sampled = sampler.shouldSample(step)
    sampler.observe({ stepMs: Number.NaN, costMs: Number.NaN, sampled })
  }
  expect(sampler.every).toBe(4)
})

test.each([
  ['0.02', 0.02],
  ['3%', 0.03],
  ['', 0.05],
  ['much', 0.05],
  ['0', 0.05],
  ['150%', 0.05],
])('the budget of the environment %j', (text, budget) => {
  expect(layerBudgetFromEnv({ TRACEML_LAYER_BUDGET: text })).toBe(budget)
  expect(layerBudgetFromEnv({})).toBe(0.05)
})
