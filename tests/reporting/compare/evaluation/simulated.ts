import { createRandom } from '../../../diagnostics/simulation/random.js'
import { evaluate, type Pair, type Rates } from './evaluate.js'
import type { Noise } from './series.js'

/** Verdicts on `seeds` pairs of one noise, of which the second run takes `factor` times as long. */
export function simulatedRates(noise: Noise, steps: number, factor: number, seeds: number): Rates {
  const pairs = Array.from({ length: seeds }, (_, seed): Pair => {
    const random = createRandom(Math.imul(seed + 1, 0x9e3779b1))
    return [noise.run(random, steps), noise.run(random, steps).map((ms) => ms * factor)]
  })
  return evaluate(pairs)
}
