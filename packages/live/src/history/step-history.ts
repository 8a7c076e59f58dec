import { BUCKET_BYTES, BucketRing, type BucketView, emptyView } from './buckets.js'

/** Widths of the buckets of each level, in steps: the last one covers 4 million of 1,024 buckets. */
const WIDTHS = [1, 8, 64, 512, 4096] as const
const MIB = 1_048_576
/** For the buckets of all series of a run together. */
const BUDGET_BYTES = 96 * MIB
const MAX_BUCKETS = 1024
const MIN_BUCKETS = 64

/** Buckets of a level, so that all ranks and the run itself fit into the budget. @internal */
export function bucketsPerLevel(ranks: number): number {
  const room = BUDGET_BYTES / ((ranks + 1) * WIDTHS.length * BUCKET_BYTES)
  return Math.max(MIN_BUCKETS, Math.min(MAX_BUCKETS, Math.floor(room)))
}

/** Points of a series. @internal */
export interface HistoryRead {
  readonly bucketSteps: number
  /** First step of each point. */
  readonly starts: readonly number[]
  readonly views: readonly BucketView[]
}

/**
 * The past of a run, or of one rank, at several resolutions: the newest steps one by one, older ones
 * in wider and wider buckets. What it needs does not grow with the run.
 *
 * @internal
 */
export class StepHistory {
  readonly #levels: readonly BucketRing[]
  /** Steps; null before the first. */
  oldestStep: number | null = null
  newestStep: number | null = null

  constructor(buckets: number) {
    this.#levels = WIDTHS.map((width) => new BucketRing(width, buckets))
  }

  addStep(step: number, rank: number, ms: number, ts: number, parts: Float64Array): void {
    this.#extend(step)
    for (const level of this.#levels) level.addStep(step, rank, ms, ts, parts)
  }

  addMemory(step: number, bytes: number): void {
    this.#extend(step)
    for (const level of this.#levels) level.addMemory(step, bytes)
  }

  /** At most `points` points over the steps; the finest level that reaches back that far. */
  read(from: number, to: number, points: number): HistoryRead {
    const level =
      this.#levels.find(
        (one) => one.oldestStep <= from && Math.ceil((to - from + 1) / one.width) <= points * 8,
      ) ?? (this.#levels.at(-1) as BucketRing)
    const first = Math.floor(from / level.width)
    const last = Math.floor(to / level.width)
    const perPoint = Math.max(1, Math.ceil((last - first + 1) / points))
    const starts: number[] = []
    const views: BucketView[] = []
    for (let id = first; id <= last; id += perPoint) {
      const view = emptyView()
      for (let at = id; at < id + perPoint && at <= last; at += 1) level.read(at, view)
      if (view.count === 0 && view.memoryCount === 0) continue
      starts.push(Math.max(id * level.width, this.oldestStep ?? 0))
      views.push(view)
    }
    return { bucketSteps: perPoint * level.width, starts, views }
  }

  #extend(step: number): void {
    if (this.oldestStep === null || step < this.oldestStep) this.oldestStep = step
    if (this.newestStep === null || step > this.newestStep) this.newestStep = step
  }
}
