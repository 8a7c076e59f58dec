import { quantileLinear } from '@traceml/analysis'

/** Gaps that the expectation is learned from. */
const GAPS = 32
/** Few gaps longer than this part of them are exceptions, not the rule: a checkpoint, an evaluation. */
const USUAL_PART = 0.9
/** Speeds are those of about this long. */
const SPEED_S = 30

interface Point {
  readonly atS: number
  readonly step: number
}

/**
 * When a source was heard of, how often that usually is, and how fast its steps go. All times are
 * seconds on a clock that never jumps.
 *
 * @internal
 */
export class Arrivals {
  readonly #intervalS: number
  #gaps: number[] = []
  #points: Point[] = []
  #lastS: number | null = null
  /** Of the gaps; computed when it is asked for. */
  #usualS: number | null = null

  /** @param intervalS - Seconds between two samples of the producer: nothing comes more often. */
  constructor(intervalS: number) {
    this.#intervalS = intervalS
  }

  /** The source was heard of; `step` is its newest one, null for a source without steps. */
  note(nowS: number, step: number | null): void {
    const gap = this.#lastS === null ? null : nowS - this.#lastS
    this.#lastS = this.#lastS === null ? nowS : Math.max(this.#lastS, nowS)
    // Pieces of one delivery are no rhythm.
    if (gap !== null && gap >= this.#intervalS / 4) {
      this.#gaps.push(gap)
      if (this.#gaps.length > GAPS) this.#gaps.shift()
      this.#usualS = null
    }
    if (step === null) return
    const last = this.#points.at(-1)
    if (last !== undefined && last.atS === nowS) this.#points.pop()
    this.#points.push({ atS: nowS, step })
    const kept = this.#points.findIndex(({ atS }) => nowS - atS <= SPEED_S)
    // The newest point outside of the span is its beginning.
    if (kept > 1) this.#points = this.#points.slice(kept - 1)
  }

  get lastS(): number | null {
    return this.#lastS
  }

  ageS(nowS: number): number | null {
    return this.#lastS === null ? null : Math.max(0, nowS - this.#lastS)
  }

  /**
   * Seconds after which the next sign of life is due; null before the first.
   *
   * @param stepS - Seconds that a step takes, as far as that is known: no step can come sooner.
   */
  expectedS(stepS: number | null): number | null {
    if (this.#lastS === null) return null
    this.#usualS ??= quantileLinear(Float64Array.from(this.#gaps), USUAL_PART) ?? 0
    return Math.max(this.#intervalS, this.#usualS, stepS ?? 0)
  }

  /** Steps a second; null until two moments are known. It falls while nothing comes. */
  stepsPerS(nowS: number, expectedS: number): number | null {
    const first = this.#points[0]
    const last = this.#points.at(-1)
    if (first === undefined || last === undefined || last.atS <= first.atS) return null
    const isLate = nowS - last.atS > expectedS * 1.5
    const until = isLate ? nowS : last.atS
    if (isLate && nowS - last.atS > SPEED_S) return 0
    return (last.step - first.step) / (until - first.atS)
  }
}
