import { PHASE_EVENTS } from '@traceml/contracts'
import type { GradientMarks } from './gradient-marks.js'
import type { AddMeasured } from './hook-choice.js'
import type { StepPhases } from './step-phases.js'
import type { StepWindow } from './step-window.js'
import type { StepTrackerOptions } from './tracker-types.js'

/** Writes steps that are complete to the recorder. */
export interface StepWriter {
  readonly inputSlot: number
  readonly uploadSlot: number
  /** The window is one step. */
  writeStep(nowMs: number): void
  /** Live tensors of the step that is being recorded. */
  setMemory(): void
  /** Each gradient call that is marked is a step. */
  writeEachGradient(): void
}

/** Creates the writer of one tracker, from what the tracker collects. */
export function createStepWriter(
  options: Pick<StepTrackerOptions, 'recorder' | 'engine'>,
  add: AddMeasured,
  window: StepWindow,
  phases: StepPhases,
  marks: GradientMarks,
): StepWriter {
  const { recorder, engine } = options
  const inputSlot = recorder.slot(PHASE_EVENTS.input_wait)
  const uploadSlot = recorder.slot(PHASE_EVENTS.h2d)

  function setMemory(): void {
    const { numBytes, numTensors } = engine.state ?? {}
    if (typeof numBytes === 'number' && typeof numTensors === 'number')
      recorder.setMemory(numBytes, numTensors)
  }

  return {
    inputSlot,
    uploadSlot,
    setMemory,
    writeStep(nowMs) {
      // A wrapped source of the user's has said already how long it was waited for.
      const givenMs = recorder.pendingMs?.(inputSlot) ?? 0
      const foundMs = window.inputMs(nowMs)
      const inputMs = givenMs > 0 ? givenMs : foundMs
      if (givenMs === 0) add(inputSlot, inputMs)
      if (window.uploadCalls > 0) add(uploadSlot, window.uploadMs)
      phases.writeGradients(0, phases.gradientCalls)
      phases.writePredictions()
      phases.writeOptimizer()
      setMemory()
      recorder.commit(Math.max(0, nowMs - window.startMs - inputMs - window.cutMs), nowMs)
    },
    writeEachGradient() {
      marks.forEach((index, step) => {
        add(inputSlot, step.inputMs)
        if (step.uploadCalls > 0) add(uploadSlot, step.uploadMs)
        if (index < phases.gradientCalls) phases.writeGradients(index, index + 1)
        setMemory()
        recorder.commit(step.tracedMs, step.endMs)
      })
    },
  }
}
