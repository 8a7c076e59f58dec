import { expect, test } from 'vitest'
import { evaluate } from './evaluation/evaluate.js'
import { recordedPairs, recordings } from './evaluation/recorded.js'
import { NOISES } from './evaluation/series.js'
import { simulatedRates } from './evaluation/simulated.js'

const SEEDS = 100
/** Of 100 pairs at a nominal rate of 2.5 %, seven or more are a matter of 1 in 100. */
const MOST_FALSE_ALARMS = 0.07

test.each(NOISES)('runs of one program are no regression: $name', (noise) => {
  // Dependence over 100 steps cannot be seen in 40: such a run is all one piece.
  for (const steps of noise.name.includes('0.99') ? [200] : [40, 200]) {
    const { steps: rates } = simulatedRates(noise, steps, 1, SEEDS)
    expect(rates.REGRESSION, `${steps} steps`).toBeLessThan(MOST_FALSE_ALARMS)
    expect(rates.IMPROVEMENT, `${steps} steps`).toBeLessThan(MOST_FALSE_ALARMS)
  }
})

test.each([
  ['noise of 2 %', 40, 1.05],
  ['noise of 10 %', 1000, 1.05],
  ['10 %, neighbours alike (0.5)', 1000, 1.05],
  ['5 %, every 20th step takes five times as long', 200, 1.05],
  ['5 %, warm-up of 3 to 10 steps, one stall', 200, 1.05],
  ['10 %, neighbours alike (0.9)', 1000, 1.2],
  ['heavy noise, 40 %', 1000, 1.2],
  ['5 %, slow wander by 10 %', 200, 2],
] as const)('what is slower is found: %s, %i steps, %f times as long', (name, steps, factor) => {
  const noise = NOISES.find((candidate) => candidate.name === name)
  if (noise === undefined) throw new Error(`no noise "${name}"`)
  expect(simulatedRates(noise, steps, factor, SEEDS).steps.REGRESSION).toBeGreaterThan(0.95)
})

test('of recorded runs of one program on a crowded machine, averages make regressions', () => {
  const all = recordings()
  expect(all.length).toBeGreaterThan(2)
  for (const recording of all) {
    const rates = evaluate(recordedPairs(recording, 1))
    expect(rates.steps.REGRESSION, recording.name).toBeLessThan(0.05)
    expect(rates.averages.REGRESSION, recording.name).toBeGreaterThan(rates.steps.REGRESSION)
  }
})
