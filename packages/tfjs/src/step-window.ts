import { createInputGap } from './input-gap.js'
import { createIntervalClock, type IntervalClock } from './interval-clock.js'

/**
 * The wall time of one iteration and what is known about its parts. All times in milliseconds of
 * one monotonic clock; `NaN` as a start means "not begun".
 *
 * The iteration is: `start … body … end`, and where gradients are accumulated, there are further gaps
 * within the body. Input is what was measured while fetching data and what the gaps show. Spans that
 * were cut (validation) belong to no step.
 */
export interface StepWindow {
  readonly startMs: number
  /** True until the work of the step begins. */
  readonly inGap: boolean
  /** Spans of the iteration that belong to no step. */
  readonly cutMs: number
  readonly uploadMs: number
  readonly uploadCalls: number
  readonly waits: IntervalClock
  readonly results: IntervalClock
  /** Begins an iteration at `startMs`, or at its body when NaN; forgets everything. */
  restart(startMs: number, nowMs: number): void
  /** Input that was found before the iteration's own events. */
  addInput(durationMs: number): void
  /** The gradient call, which may not be the last of the step, has ended. */
  endGradient(nowMs: number): void
  /** What was until now made no batch. */
  restartGap(nowMs: number): void
  /** The library gathers the batch until the body begins: all of that is input. */
  beginGather(nowMs: number): void
  addCut(durationMs: number): void
  addUpload(durationMs: number): void
  /** Part of the iteration that is neither input nor unexplained. */
  explain(durationMs: number): void
  /** Work on results has just ended. */
  noteResults(nowMs: number): void
  /** A batch is fetched from a source that is measured. */
  noteFetch(nowMs: number): void
  /** A tensor was made from values of the host's. */
  noteHostTensor(): void
  /** Ends the gap: the work of the step begins. */
  beginBody(nowMs: number): void
  /** Within the body, a further gradient call begins. */
  beginGradient(nowMs: number): void
  /** Settles the gap that was closed last and returns the input of the iteration so far. */
  inputMs(nowMs: number): number
  /** Input of a gap that is followed by something else than this iteration's work. */
  takeGap(nowMs: number): number
}

/** Creates a window that has not begun. */
export function createStepWindow(): StepWindow {
  return new Window()
}

/** A class, because its fields are touched in every step. */
class Window implements StepWindow {
  startMs = Number.NaN
  cutMs = 0
  uploadMs = 0
  uploadCalls = 0
  readonly waits: IntervalClock = createIntervalClock()
  readonly results: IntervalClock = createIntervalClock()
  readonly #gap = createInputGap()
  #bodyMs = Number.NaN
  #gatherStartMs = Number.NaN
  #inferredMs = 0

  get inGap(): boolean {
    return Number.isNaN(this.#bodyMs)
  }

  restart(startMs: number, nowMs: number): void {
    this.startMs = startMs
    this.#bodyMs = Number.NaN
    this.cutMs = 0
    this.uploadMs = 0
    this.uploadCalls = 0
    this.#gatherStartMs = Number.NaN
    this.#inferredMs = 0
    this.waits.reset(nowMs)
    this.results.reset(nowMs)
    this.#gap.restart(startMs, 0)
  }

  addInput(durationMs: number): void {
    this.#inferredMs += durationMs
  }

  endGradient(nowMs: number): void {
    this.#inferredMs += this.#gap.settle()
    this.restartGap(nowMs)
  }

  restartGap(nowMs: number): void {
    if (!Number.isNaN(this.startMs)) this.#gap.restart(nowMs, this.#spansMs(nowMs))
  }

  beginGather(nowMs: number): void {
    this.#gatherStartMs = nowMs
  }

  addCut(durationMs: number): void {
    this.cutMs += durationMs
    this.#gap.explain(durationMs)
  }

  addUpload(durationMs: number): void {
    this.uploadMs += durationMs
    this.uploadCalls++
    this.#gap.explain(durationMs)
  }

  explain(durationMs: number): void {
    this.#gap.explain(durationMs)
  }

  noteResults(nowMs: number): void {
    this.#gap.noteResults(nowMs, this.#spansMs(nowMs))
  }

  noteFetch(nowMs: number): void {
    this.#gap.noteFetch(nowMs, this.#spansMs(nowMs))
  }

  noteHostTensor(): void {
    this.#gap.noteHostTensor()
  }

  beginBody(nowMs: number): void {
    this.#bodyMs = nowMs
    if (Number.isNaN(this.startMs)) this.#startAtBody(nowMs)
    if (Number.isNaN(this.#gatherStartMs)) this.#gap.close(nowMs, this.#spansMs(nowMs))
    else this.#inferredMs += nowMs - this.#gatherStartMs
  }

  beginGradient(nowMs: number): void {
    this.#gap.close(nowMs, this.#spansMs(nowMs))
  }

  inputMs(nowMs: number): number {
    this.#inferredMs += this.#gap.settle()
    return this.#inferredMs + this.waits.total(nowMs)
  }

  takeGap(nowMs: number): number {
    this.#gap.close(nowMs, this.#spansMs(nowMs))
    return this.#gap.settle() + this.waits.total(nowMs)
  }

  /** What happened before an iteration whose start is not known is no part of it. */
  #startAtBody(nowMs: number): void {
    this.startMs = nowMs
    this.cutMs = 0
    this.uploadMs = 0
    this.uploadCalls = 0
  }

  #spansMs(nowMs: number): number {
    return this.waits.total(nowMs) + this.results.total(nowMs)
  }
}
