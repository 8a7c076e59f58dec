import { median, medianAbsoluteDeviation } from '../statistics.js'
import type { StepTimeWindow } from './window.js'

/** When a step says nothing about the others. */
export interface SteadyStepLimits {
  /** Fewer steps in the window: all of them count. */
  readonly minSteps: number
  /** Robust standard deviations (1.4826 × MAD) above the median from which a step stands out. */
  readonly outlierDeviations: number
  /** A step stands out only from this multiple of the median duration on. */
  readonly outlierMinMultiple: number
  /** A warm-up that has begun ends below this many deviations and this multiple of the median. */
  readonly warmupEndDeviations: number
  readonly warmupEndMultiple: number
  /** Longest warm-up, as a fraction of the window; a longer slow beginning counts. */
  readonly warmupMaxRatio: number
  /** Most steps left out besides the warm-up, as a fraction of the window (1 is always allowed). */
  readonly outlierMaxRatio: number
  /** A spike that comes this often, in comparable size, is a cost of the run and counts. */
  readonly recurringSpikes: number
  /** Spikes of at least this fraction of another one's size are comparable to it. */
  readonly comparableSizeRatio: number
}

/**
 * The limits of the robust policies. Where they come from: `outlierDeviations` 8 is out of reach of
 * normal noise and takes about 1 step in 2,000 of a log-normal one (σ 0.5); `outlierMinMultiple` 2
 * keeps steps that cannot decide a mean; `warmupEndDeviations` 3 and `warmupEndMultiple` 1.25 follow a
 * warm-up that fades down to the noise; `warmupMaxRatio` 0.25 is half the breakdown point of the
 * median; `outlierMaxRatio` 0.05 and `recurringSpikes` 3: once is chance, twice is coincidence, three
 * times is a pattern, which costs.
 */
export const STEADY_STEP_LIMITS: SteadyStepLimits = {
  minSteps: 5,
  outlierDeviations: 8,
  outlierMinMultiple: 2,
  warmupEndDeviations: 3,
  warmupEndMultiple: 1.25,
  warmupMaxRatio: 0.25,
  outlierMaxRatio: 0.05,
  recurringSpikes: 3,
  comparableSizeRatio: 0.25,
}

/** The steps of a window that speak for the run, and what was left out. */
export interface SteadySteps {
  /** Positions in the window that are kept, ascending. */
  readonly kept: Int32Array
  /** Slow steps at the very beginning of the run. */
  readonly warmupCount: number
  /** Single slow steps elsewhere. */
  readonly outlierCount: number
  /** Part of the window's time, over all ranks, that the steps left out took; a fraction. */
  readonly excludedTimeRatio: number
}

/** Scales a MAD to the standard deviation of a normal distribution. */
const MAD_TO_DEVIATION = 1.4826

/**
 * Finds the steps from which plain averages can be taken: without the warm-up of the run and without
 * isolated spikes, but with everything that recurs.
 *
 * A step's duration is its outer step time summed over the ranks. Linear in ranks × steps.
 */
export function findSteadySteps(window: StepTimeWindow, limits: SteadyStepLimits): SteadySteps {
  // Steps are counted from 0 or 1: a window that starts later holds no beginning of the run.
  return findSteadyDurations(stepDurations(window), (window.steps[0] as number) <= 1, limits)
}

/**
 * The same for bare durations, one a step, oldest first.
 *
 * @param startsRun - True when the first one is the first of the run, where a warm-up may be.
 */
export function findSteadyDurations(
  durations: Float64Array,
  startsRun: boolean,
  limits: SteadyStepLimits,
): SteadySteps {
  const count = durations.length
  const center = median(durations) ?? 0
  const isLeftOut = new Uint8Array(count)
  let warmupCount = 0
  if (count >= limits.minSteps && center > 0) {
    const spread = (medianAbsoluteDeviation(durations) ?? 0) * MAD_TO_DEVIATION
    const limitOf = (deviations: number, multiple: number): number =>
      Math.max(center + deviations * spread, center * multiple)
    const limit = limitOf(limits.outlierDeviations, limits.outlierMinMultiple)
    const warmupEnd = limitOf(limits.warmupEndDeviations, limits.warmupEndMultiple)
    const stands = (index: number): boolean => (durations[index] as number) > limit
    if (startsRun && stands(0)) {
      while ((durations[warmupCount] as number) > warmupEnd) warmupCount += 1
      if (warmupCount > count * limits.warmupMaxRatio) warmupCount = 0
      isLeftOut.fill(1, 0, warmupCount)
    }
    for (const index of isolatedSteps(durations, center, stands, warmupCount, limits)) {
      isLeftOut[index] = 1
    }
  }
  const kept = new Int32Array(count)
  let keptCount = 0
  let keptTime = 0
  let totalTime = 0
  for (let i = 0; i < count; i++) {
    totalTime += durations[i] as number
    if (isLeftOut[i] === 1) continue
    keptTime += durations[i] as number
    kept[keptCount++] = i
  }
  return {
    kept: kept.subarray(0, keptCount),
    warmupCount,
    outlierCount: count - keptCount - warmupCount,
    excludedTimeRatio: keptCount < count ? 1 - keptTime / totalTime : 0,
  }
}

function stepDurations({ rankFacts, steps }: StepTimeWindow): Float64Array {
  const durations = new Float64Array(steps.length)
  for (const facts of rankFacts) {
    const input = facts.column('inputWaitMs')
    const traced = facts.column('tracedStepTimeMs')
    if (input === null || traced === null) continue
    for (let i = 0; i < durations.length; i++) {
      durations[i] = (durations[i] as number) + (input[i] as number) + (traced[i] as number)
    }
  }
  return durations
}

/** Steps that follow each other and stand out. */
interface Spike {
  readonly start: number
  end: number
  excess: number
}

/** The steps of all spikes that do not recur; none when they are too many. */
function isolatedSteps(
  durations: Float64Array,
  center: number,
  stands: (index: number) => boolean,
  from: number,
  limits: SteadyStepLimits,
): readonly number[] {
  const spikes: Spike[] = []
  for (let i = from; i < durations.length; i++) {
    if (!stands(i)) continue
    const excess = (durations[i] as number) - center
    const last = spikes.at(-1)
    if (last !== undefined && last.end === i) {
      last.end = i + 1
      last.excess += excess
    } else spikes.push({ start: i, end: i + 1, excess })
  }
  const sizes = spikes.map(({ excess }) => excess).sort((a, b) => b - a)
  const isolated = spikes.filter(({ excess }) => {
    const rival = sizes[limits.recurringSpikes - 1]
    return rival === undefined || rival < excess * limits.comparableSizeRatio
  })
  const steps = isolated.flatMap(({ start, end }) =>
    Array.from({ length: end - start }, (_, i) => start + i),
  )
  return steps.length <= Math.max(1, durations.length * limits.outlierMaxRatio) ? steps : []
}
