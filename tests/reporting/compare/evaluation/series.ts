import type { Random } from '../../../diagnostics/simulation/random.js'

/** How the step times of a simulated run vary around 100 ms. */
export interface Noise {
  readonly name: string
  /** Makes one run of `steps` steps; every run draws its own wander. */
  run(random: Random, steps: number): Float64Array
}

/** Log-normal noise of which each step keeps a part of its neighbour's: an AR(1) process. */
function dependent(random: Random, steps: number, spread: number, memory: number): Float64Array {
  let state = random.normal()
  return Float64Array.from({ length: steps }, () => {
    state = memory * state + Math.sqrt(1 - memory * memory) * random.normal()
    return 100 * Math.exp(spread * state)
  })
}

/** What real trainings show: plain noise, heavy tails, dependence, stalls, warm-up, drift. */
export const NOISES: readonly Noise[] = [
  { name: 'noise of 2 %', run: (random, steps) => dependent(random, steps, 0.02, 0) },
  { name: 'noise of 10 %', run: (random, steps) => dependent(random, steps, 0.1, 0) },
  { name: 'heavy noise, 40 %', run: (random, steps) => dependent(random, steps, 0.4, 0) },
  {
    name: '10 %, neighbours alike (0.5)',
    run: (random, steps) => dependent(random, steps, 0.1, 0.5),
  },
  {
    name: '10 %, neighbours alike (0.9)',
    run: (random, steps) => dependent(random, steps, 0.1, 0.9),
  },
  {
    name: '10 %, neighbours alike (0.99)',
    run: (random, steps) => dependent(random, steps, 0.1, 0.99),
  },
  {
    name: '5 %, every 20th step takes five times as long',
    run: (random, steps) =>
      dependent(random, steps, 0.05, 0).map((ms, i) => (i % 20 === 19 ? 5 * ms : ms)),
  },
  {
    name: '5 %, warm-up of 3 to 10 steps, one stall',
    run(random, steps) {
      const warmup = 3 + random.index(8)
      const stall = warmup + 5 + random.index(steps - warmup - 5)
      return dependent(random, steps, 0.05, 0).map((ms, i) =>
        i < warmup ? ms * random.between(3, 10) : i === stall ? 30 * ms : ms,
      )
    },
  },
  {
    name: '5 %, slow wander by 10 %',
    run(random, steps) {
      const phase = random.between(0, 2 * Math.PI)
      return dependent(random, steps, 0.05, 0).map(
        (ms, i) => ms * (1 + 0.1 * Math.sin((2 * Math.PI * i) / steps + phase)),
      )
    },
  },
]
