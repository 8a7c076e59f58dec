import { expect, test } from 'vitest'
import { simulate } from './simulation/simulate.js'
import { stepMemoryScenarios } from './simulation/step-memory-scenarios.js'
import { stepTimeScenarios } from './simulation/step-time-scenarios.js'

const SEEDS = 25
/** Small rates need more runs, which are cheap for one rank's memory. */
const NOISE_SEEDS = 120
/** With 25 seeds, 2 runs: what the robust set may be worse in any scenario. */
const MARGIN = 0.08

/** Scenarios of the flaws that the robust set is for: how much rarer it must be wrong. */
const CLEARLY_BETTER: Readonly<Record<string, number>> = {
  'balanced, slow first steps': 0.9,
  'input-bound, compilation hides it': 0.9,
  'balanced, one or two isolated stalls': 0.9,
  'balanced, warm-up that fades': 0.8,
  'steps below a millisecond': 0.9,
  'most ranks slow in input': 0.8,
  'most ranks slow in forward': 0.8,
  'one rank slow by itself in backward, no barrier': 0.9,
  'memory: noise, 1 rank': 0.08,
  'memory: noise that depends on itself (0.8)': 0.08,
  'memory: one jump to a new level': 0.3,
  'memory: slow leak on the largest of 4 ranks': 0.4,
  'memory: slow leak on a smaller one of 4 ranks': 0.7,
  'memory: the smaller of two devices is full': 0.9,
  'process: the smaller of two devices is full': 0.9,
}

const scenarios = [...stepTimeScenarios, ...stepMemoryScenarios]

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  (name, scenario) => {
    const { compatible, robust } = simulate(
      scenario,
      name.startsWith('memory: noise') ? NOISE_SEEDS : SEEDS,
    ).rates
    const gain = robust.right - compatible.right
    expect(robust['false alarm']).toBeLessThanOrEqual(compatible['false alarm'] + MARGIN)
    expect(robust.missed).toBeLessThanOrEqual(compatible.missed + MARGIN)
    expect(gain).toBeGreaterThanOrEqual(CLEARLY_BETTER[name] ?? -MARGIN)
  },
)

test('every scenario that must be clearly better exists', () => {
  const names = scenarios.map(({ name }) => name)
  expect(Object.keys(CLEARLY_BETTER).filter((name) => !names.includes(name))).toEqual([])
})
