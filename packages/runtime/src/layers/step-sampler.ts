import { createRecentValues, type RecentValues } from './recent-values.js'

/** Completed steps that are neither sampled nor looked at: compilers and caches warm up. */
const WARM_UP_STEPS = 3
/** One step in so many is sampled until the costs are known. */
const FIRST_EVERY = 4
/** Samples before the rate changes, whatever they cost: a short run has some, too. */
const FIRST_SAMPLES = 3
/** There is always a step that was not sampled, to compare with. */
const MIN_EVERY = 2
const MAX_EVERY = 4_096
/** Samples come no closer: more of them tell nothing new, and have to be sent and stored. */
const MIN_GAP_MS = 50
/** Unsampled steps that the usual step time is taken from. */
const PLAIN_STEPS = 16
/** Sampled steps that the cost is taken from. */
const SAMPLED_STEPS = 8
/** Samples in a row that would be cheap enough at four times the rate before it is doubled. */
const CHEAP_SAMPLES = 4
/** Standard errors that a difference must be above to count. */
const SIGNIFICANCE = 3
/** Standard deviation of a normal distribution by its median absolute deviation. */
const SIGMA_PER_MAD = 1.4826
/** Standard error of a median by that of a mean. */
const MEDIAN_ERROR = 1.2533

/** How often to sample. */
export interface StepSamplerOptions {
  /** Part of step time that sampling may cost, above 0, at most 1. */
  readonly budget: number
}

/** One completed step. */
export interface ObservedStep {
  /** How long it took, milliseconds, the cost of sampling included. */
  readonly stepMs: number
  /** What the hooks themselves say that sampling cost; 0 for a step that was not sampled. */
  readonly costMs: number
  readonly sampled: boolean
}

/** Decides which steps the deep profile measures, so that all of it stays within its budget. */
export interface StepSampler {
  /** One step in so many is sampled now: a power of two from 2 to 4096. */
  readonly every: number
  /**
   * True when the step with this number is to be measured. Steps divisible by `every` are, so that
   * ranks with different rates share those of the rarest. Costs nothing; ask before the step.
   */
  shouldSample(step: number): boolean
  /** Learns from a completed step; to be called for every one of them. O(1), but for sampled ones. */
  observe(step: ObservedStep): void
}

/**
 * Makes a sampler of steps. With `plain` the median time of the last 16 unsampled steps, and `cost`
 * the larger of two medians over the last 8 samples, that of what the hooks say and that of
 * `stepMs - plain` (only where it is above the noise), `every` becomes the power of two from
 * `max(cost / budget, 50 ms) / plain` on: at once when it has to rise, by half after four samples
 * in a row that would allow four times the rate.
 */
export function createStepSampler({ budget }: StepSamplerOptions): StepSampler {
  const plain = createRecentValues(PLAIN_STEPS)
  const differences = createRecentValues(SAMPLED_STEPS)
  const costs = createRecentValues(SAMPLED_STEPS)
  let every = FIRST_EVERY
  let observed = 0
  let samples = 0
  let cheap = 0
  const adapt = (): void => {
    const least = leastEvery(budget, plain, differences, costs)
    if (least > every) {
      every = least < MAX_EVERY ? 2 ** Math.ceil(Math.log2(least)) : MAX_EVERY
      cheap = 0
      return
    }
    cheap = least * 4 <= every ? cheap + 1 : 0
    if (cheap < CHEAP_SAMPLES || every === MIN_EVERY) return
    every /= 2
    cheap = 0
  }
  return {
    get every() {
      return every
    },
    shouldSample: (step) => observed >= WARM_UP_STEPS && step % every === 0,
    observe({ stepMs, costMs, sampled }) {
      observed += 1
      if (observed <= WARM_UP_STEPS || !(stepMs >= 0)) return
      if (!sampled) {
        plain.add(stepMs)
        return
      }
      samples += 1
      costs.add(Math.max(0, costMs || 0))
      if (plain.count > 0) differences.add(stepMs - plain.median())
      if (samples >= FIRST_SAMPLES) adapt()
    },
  }
}

/** Steps per sample that the budget asks for at least; not rounded. */
function leastEvery(
  budget: number,
  plain: RecentValues,
  differences: RecentValues,
  costs: RecentValues,
): number {
  const plainMs = plain.median()
  const difference = differences.median()
  const errorMs =
    (plain.deviation() * SIGMA_PER_MAD * MEDIAN_ERROR) / Math.sqrt(Math.max(1, differences.count))
  const isReal = difference > SIGNIFICANCE * errorMs
  const costMs = Math.max(costs.median(), isReal ? difference : 0)
  return Math.max(costMs / budget, MIN_GAP_MS) / plainMs
}
