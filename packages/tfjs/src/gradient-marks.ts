import { MAX_GRADIENT_CALLS } from './step-phases.js'
import type { StepWindow } from './step-window.js'

/** Where each gradient call of an undecided iteration ended, should each turn out to be a step. */
export interface GradientMarks {
  readonly count: number
  /** A gradient call of the iteration ended. */
  end(window: StepWindow, nowMs: number): void
  /** Visits each call as a step of its own, oldest first. */
  forEach(visit: (index: number, step: GradientStep) => void): void
  clear(): void
}

/** One gradient call as a step. */
interface GradientStep {
  readonly endMs: number
  readonly tracedMs: number
  readonly inputMs: number
  readonly uploadMs: number
  readonly uploadCalls: number
}

/** What the iteration had summed up to a moment. */
interface Totals {
  readonly endMs: number
  readonly inputMs: number
  readonly cutMs: number
  readonly uploadMs: number
  readonly uploadCalls: number
}

/** Creates an empty list of marks. */
export function createGradientMarks(): GradientMarks {
  const ends: Totals[] = []
  let startMs = Number.NaN

  return {
    get count() {
      return ends.length
    },
    end(window, nowMs) {
      if (ends.length >= MAX_GRADIENT_CALLS) return
      startMs = window.startMs
      const { cutMs, uploadMs, uploadCalls } = window
      ends.push({ endMs: nowMs, inputMs: window.inputMs(nowMs), cutMs, uploadMs, uploadCalls })
    },
    forEach(visit) {
      let before: Totals = { endMs: startMs, inputMs: 0, cutMs: 0, uploadMs: 0, uploadCalls: 0 }
      ends.forEach((end, index) => {
        const inputMs = end.inputMs - before.inputMs
        const tracedMs = end.endMs - before.endMs - inputMs - (end.cutMs - before.cutMs)
        visit(index, {
          endMs: end.endMs,
          inputMs,
          tracedMs: Math.max(0, tracedMs),
          uploadMs: end.uploadMs - before.uploadMs,
          uploadCalls: end.uploadCalls - before.uploadCalls,
        })
        before = end
      })
    },
    clear() {
      ends.length = 0
    },
  }
}
