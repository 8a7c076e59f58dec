import { MAX_GRADIENT_CALLS } from './step-phases.js'
import type { StepWindow } from './step-window.js'

/** Where each gradient call of an undecided iteration ended, should each turn out to be a step. */
export interface GradientMarks {
  readonly count: number
  /** Another gradient call of the iteration begins: notes what the gap before it was. */
  begin(window: StepWindow, nowMs: number): void
  /** The gradient call ended. */
  end(window: StepWindow, nowMs: number): void
  /** Visits each call as a step of its own, oldest first. */
  forEach(visit: (index: number, step: GradientStep) => void): void
  clear(): void
}

/** One gradient call as a step. */
interface GradientStep {
  readonly endMs: number
  readonly tracedMs: number
  readonly inputWaitMs: number
  readonly uploadMs: number
  readonly uploadCalls: number
}

interface Totals {
  waitMs: number
  waitsSeen: number
  cutMs: number
  uploadMs: number
  uploadCalls: number
}

/** Creates an empty list of marks. */
export function createGradientMarks(): GradientMarks {
  const steps: GradientStep[] = []
  let before: Totals = { waitMs: 0, waitsSeen: 0, cutMs: 0, uploadMs: 0, uploadCalls: 0 }
  let previousEndMs = Number.NaN
  let gapMs = 0

  return {
    get count() {
      return steps.length
    },
    begin(window, nowMs) {
      gapMs = window.unexplainedGapMs(nowMs)
    },
    end(window, nowMs) {
      if (steps.length >= MAX_GRADIENT_CALLS) return
      const now: Totals = {
        waitMs: window.waits.total(nowMs),
        waitsSeen: window.waits.seen,
        cutMs: window.cutMs,
        uploadMs: window.uploadMs,
        uploadCalls: window.uploadCalls,
      }
      const startMs = Number.isNaN(previousEndMs) ? window.startMs : previousEndMs
      const unexplainedMs = steps.length === 0 ? window.inferredMs : gapMs
      const fetched = now.waitsSeen > before.waitsSeen
      const inputWaitMs = fetched ? now.waitMs - before.waitMs : unexplainedMs
      steps.push({
        endMs: nowMs,
        tracedMs: Math.max(0, nowMs - startMs - inputWaitMs - (now.cutMs - before.cutMs)),
        inputWaitMs,
        uploadMs: now.uploadMs - before.uploadMs,
        uploadCalls: now.uploadCalls - before.uploadCalls,
      })
      before = now
      previousEndMs = nowMs
    },
    forEach(visit) {
      steps.forEach((step, index) => {
        visit(index, step)
      })
    },
    clear() {
      if (steps.length === 0) return
      steps.length = 0
      before = { waitMs: 0, waitsSeen: 0, cutMs: 0, uploadMs: 0, uploadCalls: 0 }
      previousEndMs = Number.NaN
    },
  }
}
