import { PHASE_EVENTS, type StepRecorder } from '@traceml/contracts'
import type { AddMeasured } from './hook-choice.js'

/** Gradient calls that are told apart within one step; later ones are summed into the last. */
export const MAX_GRADIENT_CALLS = 64

/** Forward, backward and optimizer of the step that is being assembled. */
export interface StepPhases {
  readonly forwardSlot: number
  readonly backwardSlot: number
  readonly optimizerSlot: number
  readonly gradientCalls: number
  readonly optimizerCalls: number
  addGradient(forwardMs: number, backwardMs: number): void
  addOptimizer(durationMs: number): void
  /** A prediction that the step needs is a forward pass. */
  addPrediction(durationMs: number): void
  /** Writes the phases of gradient calls `from` to `to` (exclusive) to the recorder. */
  writeGradients(from: number, to: number): void
  writePredictions(): void
  writeOptimizer(): void
  clear(): void
}

/** Creates an empty step. `add` is only called by the `write` methods. */
export function createStepPhases(
  recorder: Pick<StepRecorder, 'slot'>,
  add: AddMeasured,
): StepPhases {
  const forward = new Float64Array(MAX_GRADIENT_CALLS)
  const backward = new Float64Array(MAX_GRADIENT_CALLS)
  const optimizer = new Float64Array(MAX_GRADIENT_CALLS)
  const forwardSlot = recorder.slot(PHASE_EVENTS.forward)
  const backwardSlot = recorder.slot(PHASE_EVENTS.backward)
  const optimizerSlot = recorder.slot(PHASE_EVENTS.optimizer_step)
  let gradientCalls = 0
  let optimizerCalls = 0
  let predictionMs = 0
  let predictionCalls = 0

  return {
    forwardSlot,
    backwardSlot,
    optimizerSlot,
    get gradientCalls() {
      return gradientCalls
    },
    get optimizerCalls() {
      return optimizerCalls
    },
    addGradient(forwardMs, backwardMs) {
      if (gradientCalls < MAX_GRADIENT_CALLS) {
        forward[gradientCalls] = forwardMs
        backward[gradientCalls] = backwardMs
        gradientCalls++
        return
      }
      const last = MAX_GRADIENT_CALLS - 1
      forward[last] = (forward[last] ?? 0) + forwardMs
      backward[last] = (backward[last] ?? 0) + backwardMs
    },
    addOptimizer(durationMs) {
      if (optimizerCalls < MAX_GRADIENT_CALLS) optimizer[optimizerCalls++] = durationMs
      else optimizer[MAX_GRADIENT_CALLS - 1] = (optimizer[MAX_GRADIENT_CALLS - 1] ?? 0) + durationMs
    },
    addPrediction(durationMs) {
      predictionMs += durationMs
      predictionCalls++
    },
    writeGradients(from, to) {
      for (let i = from; i < to; i++) {
        add(forwardSlot, forward[i] ?? 0)
        add(backwardSlot, backward[i] ?? 0)
      }
    },
    writePredictions() {
      if (predictionCalls > 0) add(forwardSlot, predictionMs)
    },
    writeOptimizer() {
      for (let i = 0; i < optimizerCalls; i++) add(optimizerSlot, optimizer[i] ?? 0)
    },
    clear() {
      gradientCalls = 0
      optimizerCalls = 0
      predictionMs = 0
      predictionCalls = 0
    },
  }
}
