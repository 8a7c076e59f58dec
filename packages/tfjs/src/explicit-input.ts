import type { AddMeasured } from './hook-choice.js'
import type { TrackedRecorder } from './tracker-types.js'

/**
 * Waits of the hooks for the next explicit step of the SDK. A wait that turns out to belong to no
 * step (the end of an epoch, a validation pass) is taken back before one uses it.
 */
export interface ExplicitInput {
  add(waitMs: number): void
  /** The waits since the last step belong to none. */
  takeBack(): void
}

/** Creates the account of one tracker. */
export function createExplicitInput(
  recorder: TrackedRecorder,
  slot: number,
  add: AddMeasured,
): ExplicitInput {
  let epoch = 0
  let waitMs = 0
  let calls = 0
  return {
    add(durationMs) {
      const pendingMs = recorder.pendingMs?.(slot) ?? 0
      add(slot, durationMs)
      if (epoch !== recorder.epoch) {
        epoch = recorder.epoch ?? 0
        waitMs = 0
        calls = 0
      }
      if (recorder.pendingMs?.(slot) === pendingMs) return
      waitMs += durationMs
      calls++
    },
    takeBack() {
      if (calls > 0 && epoch === recorder.epoch) recorder.retract?.(slot, waitMs, calls)
      waitMs = 0
      calls = 0
    },
  }
}
