import type { PredictionRhythm } from './prediction-rhythm.js'
import type { StepWindow } from './step-window.js'

/** Validations and predictions: spans that belong to no step, or to the forward pass of one. */
export interface StepSpans {
  /** True while one is open. */
  readonly open: boolean
  /** True while a prediction is open that counts as a forward pass. */
  readonly isForward: boolean
  /** True while a validation is open. */
  readonly isValidation: boolean
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
  let isValidation = false

  function enter(): boolean {
    if (depth++ > 0) return false
    startMs = now()
    window.waits.suspend(startMs)
    window.results.suspend(startMs)
    isForward = false
    isValidation = false
    return true
  }

  return {
    get open() {
      return depth > 0
    },
    get isForward() {
      return depth > 0 && isForward
    },
    get isValidation() {
      return depth > 0 && isValidation
    },
    beginValidation() {
      if (enter()) isValidation = true
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
