import type { StepRecorder } from '@traceml/contracts'
import { NAME_CAPACITY } from './recorder/shared-layout.js'
import { INPUT_SLOT } from './recorder/step-recorder.js'

/**
 * Decides which timed regions count, for the SDK and for automatic hooks alike: of nested regions
 * of one phase only the outermost, and once steps are explicit only regions inside a step. Waiting
 * for input between steps belongs to the next step.
 */
export interface PhaseGuard {
  /**
   * True when the region that begins now is to be timed and added to the recorder. Call
   * {@link PhaseGuard.leavePhase} at its end in either case.
   */
  enterPhase(slot: number): boolean
  leavePhase(slot: number): void
  /** True when a step begins; false when one is open already and this one is part of it. */
  beginStep(): boolean
  /** Ends the step that `beginStep` opened. */
  endStep(): void
  readonly stepOpen: boolean
  /** True while a region of this phase is open. */
  isOpen(slot: number): boolean
}

/** Makes the guard of a recorder. No call allocates or throws. */
export function createPhaseGuard(recorder: StepRecorder): PhaseGuard {
  return new Guard(recorder)
}

/** A class, because its fields are touched in every region. */
class Guard implements PhaseGuard {
  stepOpen = false
  readonly #recorder: StepRecorder
  readonly #depth: Int32Array = new Int32Array(NAME_CAPACITY)

  constructor(recorder: StepRecorder) {
    this.#recorder = recorder
  }

  enterPhase(slot: number): boolean {
    if (slot >>> 0 >= NAME_CAPACITY) return false
    const depth = this.#depth[slot] as number
    this.#depth[slot] = depth + 1
    if (depth > 0 || !this.#recorder.enabled) return false
    return this.stepOpen || slot === INPUT_SLOT || this.#recorder.boundaryOwner === 'auto'
  }

  leavePhase(slot: number): void {
    if (slot >>> 0 >= NAME_CAPACITY) return
    const depth = this.#depth[slot] as number
    if (depth > 0) this.#depth[slot] = depth - 1
  }

  isOpen(slot: number): boolean {
    return (this.#depth[slot] ?? 0) > 0
  }

  beginStep(): boolean {
    if (this.stepOpen) return false
    this.stepOpen = true
    return true
  }

  endStep(): void {
    this.stepOpen = false
  }
}
