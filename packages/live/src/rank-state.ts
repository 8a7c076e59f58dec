import { PHASES, type RankIdentity, type RankStepColumns } from '@traceml/contracts'
import { Arrivals } from './freshness/arrivals.js'
import type { RankSigns } from './freshness/rank-freshness.js'
import { StepHistory } from './history/step-history.js'
import { StepColumns } from './steps/step-columns.js'

/** Steps of each rank that can be judged: four windows of 100, so that ranks may be apart. */
const STEP_DEPTH = 400
/** Values of a step of `LiveStepRows`. @internal */
export const STEP_SLOTS: number = PHASES.length * 2
/** Where the memory of a step stands. @internal */
export const MEMORY_SLOT = { allocated: 0, reserved: 1, live: 2, tensors: 3 } as const
const MEMORY_SLOTS = 4
/** Weight of the newest step in the smoothed duration. */
const SMOOTHING = 0.2

/** Everything that is kept of one rank. @internal */
export class RankState implements RankSigns {
  readonly globalRank: number
  identity: RankIdentity | null = null
  readonly window: StepColumns
  readonly memory: StepColumns
  /** Label of the device of its newest memory row. */
  device: string | null = null
  readonly steps: Arrivals
  readonly anything: Arrivals
  readonly history: StepHistory
  /** Seconds that its steps take, smoothed; null before the first. */
  stepS: number | null = null

  constructor(globalRank: number, intervalS: number, buckets: number) {
    this.globalRank = globalRank
    this.window = new StepColumns(STEP_DEPTH, STEP_SLOTS)
    this.memory = new StepColumns(STEP_DEPTH, MEMORY_SLOTS)
    this.steps = new Arrivals(intervalS)
    this.anything = new Arrivals(intervalS)
    this.history = new StepHistory(buckets)
  }

  get lastStep(): number | null {
    return this.window.lastStep
  }

  /** Its steps as the analysis reads them; nothing is copied. */
  stepColumns(): RankStepColumns {
    const { steps, flags, values } = this.window.view()
    return {
      globalRank: this.globalRank,
      steps,
      present: flags,
      cpuMs: values.slice(0, PHASES.length),
      gpuMs: values.slice(PHASES.length),
    }
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
