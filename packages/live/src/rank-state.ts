import type { RankIdentity } from '@traceml/contracts'
import { Arrivals } from './freshness/arrivals.js'
import type { RankSigns } from './freshness/rank-freshness.js'
import { StepHistory } from './history/step-history.js'
import { RankSteps } from './steps/rank-steps.js'

/** Steps of each rank that can be judged: four windows of 100, so that ranks may be apart. */
const STEP_DEPTH = 400
/** Weight of the newest step in the smoothed duration. */
const SMOOTHING = 0.2

/** Everything that is kept of one rank. @internal */
export class RankState implements RankSigns {
  readonly globalRank: number
  identity: RankIdentity | null = null
  readonly window: RankSteps
  readonly steps: Arrivals
  readonly anything: Arrivals
  readonly history: StepHistory
  /** Seconds that its steps take, smoothed; null before the first. */
  stepS: number | null = null

  constructor(globalRank: number, intervalS: number, buckets: number) {
    this.globalRank = globalRank
    this.window = new RankSteps(globalRank, STEP_DEPTH)
    this.steps = new Arrivals(intervalS)
    this.anything = new Arrivals(intervalS)
    this.history = new StepHistory(buckets)
  }

  get lastStep(): number | null {
    return this.window.lastStep
  }

  /** A step took that long; NaN is not measured. */
  tookMs(ms: number): void {
    if (Number.isNaN(ms)) return
    const seconds = ms / 1000
    this.stepS = this.stepS === null ? seconds : this.stepS + (seconds - this.stepS) * SMOOTHING
  }

  /** Steps a second over the last half minute. */
  stepsPerS(nowS: number): number | null {
    return this.steps.stepsPerS(nowS, this.steps.expectedS(this.stepS) ?? 0)
  }
}
