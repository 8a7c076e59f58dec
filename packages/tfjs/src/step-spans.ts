import type { PredictionRhythm } from './prediction-rhythm.js'
import type { StepWindow } from './step-window.js'

/** Validations and predictions: spans that belong to no step, or to the forward pass of one. */
export interface StepSpans {
  /** True while one is open. */
  readonly open: boolean
  beginValidation(): void
  beginPrediction(): void
  end(): void
}

/**
 * Creates the spans of one tracker. Of nested spans only the outermost counts.
 * @param addForward - Called with the milliseconds of a prediction that the step needs.
 */
export function createStepSpans(
  window: StepWindow,
  predictions: PredictionRhythm,
  now: () => number,
  addForward: (durationMs: number) => void,
): StepSpans {
  let depth = 0
  let startMs = 0
  let isForward = false

  function enter(): boolean {
    if (depth++ > 0) return false
    startMs = now()
    window.waits.suspend(startMs)
    window.results.suspend(startMs)
    isForward = false
    return true
  }

  return {
    get open() {
      return depth > 0
    },
    beginValidation() {
      enter()
    },
    beginPrediction() {
      if (enter()) isForward = predictions.notePrediction()
    },
    end() {
      if (depth > 0) depth--
      if (depth > 0) return
      const nowMs = now()
      window.waits.resume(nowMs)
      window.results.resume(nowMs)
      if (isForward) {
        window.explain(nowMs - startMs)
        addForward(nowMs - startMs)
      } else window.addCut(nowMs - startMs)
    },
  }
}
