import { createIntervalClock, type IntervalClock } from './interval-clock.js'

/**
 * The wall time of one iteration and what is known about its parts. All times in milliseconds of
 * one monotonic clock; `NaN` as a start means "not begun".
 *
 * The iteration is: `start … body … end`. Input wait is what was measured while fetching data; when
 * nothing was fetched, it is the unexplained part of the gap before the body. Spans that were cut
 * (validation, prediction) belong to neither.
 */
export interface StepWindow {
  startMs: number
  bodyMs: number
  /** Spans of the iteration that belong to no step. */
  cutMs: number
  uploadMs: number
  uploadCalls: number
  /** Unexplained time of the gap before the body. */
  inferredMs: number
  /** Begin of the batch gather of `model.fit`, NaN outside. */
  gatherStartMs: number
  readonly waits: IntervalClock
  readonly reads: IntervalClock
  /** Begins an iteration at `startMs`, or at its body when NaN; forgets everything. */
  restart(startMs: number, nowMs: number): void
  /** The gap whose unexplained time is input begins now: the work before it is explained. */
  restartGap(nowMs: number): void
  addCut(durationMs: number): void
  addUpload(durationMs: number): void
  /** Unexplained time since the gap began; 0 when no iteration has begun. */
  unexplainedGapMs(nowMs: number): number
  /** Ends the gap: the work of the step begins. */
  beginBody(nowMs: number): void
  /** Input wait of the iteration so far. */
  inputWaitMs(nowMs: number): number
}

/** Creates a window that has not begun. */
export function createStepWindow(): StepWindow {
  const waits = createIntervalClock()
  const reads = createIntervalClock()
  let gapStartMs = Number.NaN
  let gapExplainedMs = 0
  let gatherMs = Number.NaN

  const window: StepWindow = {
    startMs: Number.NaN,
    bodyMs: Number.NaN,
    cutMs: 0,
    uploadMs: 0,
    uploadCalls: 0,
    inferredMs: 0,
    gatherStartMs: Number.NaN,
    waits,
    reads,
    restart(startMs, nowMs) {
      window.startMs = startMs
      window.bodyMs = Number.NaN
      window.cutMs = 0
      window.uploadMs = 0
      window.uploadCalls = 0
      window.gatherStartMs = Number.NaN
      gatherMs = Number.NaN
      window.inferredMs = 0
      waits.reset(nowMs)
      reads.reset(nowMs)
      gapStartMs = startMs
      gapExplainedMs = 0
    },
    restartGap(nowMs) {
      if (Number.isNaN(window.startMs)) return
      gapStartMs = nowMs
      gapExplainedMs = 0
      reads.reset(nowMs)
    },
    addCut(durationMs) {
      window.cutMs += durationMs
      gapExplainedMs += durationMs
    },
    addUpload(durationMs) {
      window.uploadMs += durationMs
      window.uploadCalls++
      gapExplainedMs += durationMs
    },
    unexplainedGapMs(nowMs) {
      if (Number.isNaN(gapStartMs)) return 0
      return Math.max(0, nowMs - gapStartMs - gapExplainedMs - reads.total(nowMs))
    },
    beginBody(nowMs) {
      window.bodyMs = nowMs
      if (Number.isNaN(window.startMs)) window.startMs = nowMs
      if (!Number.isNaN(window.gatherStartMs)) gatherMs = nowMs - window.gatherStartMs
      else window.inferredMs = window.unexplainedGapMs(nowMs)
    },
    inputWaitMs(nowMs) {
      if (!Number.isNaN(gatherMs)) return gatherMs
      return waits.seen > 0 ? waits.total(nowMs) : window.inferredMs
    },
  }
  return window
}
